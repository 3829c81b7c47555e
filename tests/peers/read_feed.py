"""Reads a calendar file from stdin with a parser that is not ours and tells as JSON what it found."""

import json
import sys

from icalendar import Calendar

calendar = Calendar.from_ical(sys.stdin.buffer.read())
text = lambda event, name: str(event[name]) if name in event else None
print(json.dumps({
    "name": str(calendar["X-WR-CALNAME"]),
    "events": [
        {
            "uid": str(event["UID"]),
            "sequence": int(event["SEQUENCE"]),
            "start": event.decoded("DTSTART").isoformat(),
            "end": event.decoded("DTEND").isoformat(),
            "summary": text(event, "SUMMARY"),
            "description": text(event, "DESCRIPTION"),
            "location": text(event, "LOCATION"),
            "status": text(event, "STATUS"),
            "properties": sorted(event.keys()),
        }
        for event in calendar.walk("VEVENT")
    ],
    "components": sorted({component.name for component in calendar.walk()}),
    "errors": [error for event in calendar.walk() for error in getattr(event, "errors", [])],
}))
