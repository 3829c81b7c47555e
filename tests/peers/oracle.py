#!/usr/bin/env python3
"""An independent oracle of the outbox: what every client must have been written, and when, and what is left of every lot.

It is written from the domain rules alone (credits, validity, nudges, quiet hours, downtime), shares no code with the program, uses
Python's own time zones, and works in the other direction: it knows nothing while things happen and recomputes everything from the
list of what people did, once it is over.

    oracle.py < deeds.jsonl > expected.json

Instants are milliseconds since 1970, UTC.
"""
import bisect
import collections
import copy
import datetime
import functools
import json
import sys
import zoneinfo

HOUR, DAY = 3_600_000, 86_400_000
LATEST = 48 * HOUR
UTC = datetime.timezone.utc


@functools.cache
def zone(name):
    return zoneinfo.ZoneInfo(name)


def local(at, where):
    return datetime.datetime.fromtimestamp(at / 1000, UTC).astimezone(zone(where))


def instant(day, hour, where):
    """A wall time; one that the clocks skip is as much later as they skip, as midnight is in some countries in spring."""
    moment = datetime.datetime(day.year, day.month, day.day, hour, tzinfo=zone(where))
    return round(moment.timestamp() * 1000)


@functools.cache
def start_of(day, where):
    at = instant(day, 0, where)
    # Where midnight does not exist the day begins with the hour after it.
    return at if local(at, where).date() == day else at + HOUR


def end_of(day, where):
    return start_of(day + datetime.timedelta(days=1), where)


def waking(at, where):
    """The same instant, or eight in the morning if people sleep then."""
    here = local(at, where)
    if 8 <= here.hour < 20:
        return at
    day = here.date() if here.hour < 8 else here.date() + datetime.timedelta(days=1)
    return instant(day, 8, where)


def add_months(day, n):
    month = day.month - 1 + n
    year, month = day.year + month // 12, month % 12 + 1
    last = (datetime.date(year + month // 12, month % 12 + 1, 1) - datetime.timedelta(days=1)).day
    return datetime.date(year, month, min(day.day, last))


def text_of(at):
    return datetime.datetime.fromtimestamp(at // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Sitting:
    """What one session means to one lot."""

    def __init__(self, start, end):
        self.start, self.end, self.stands = start, end, "held"


class Standing:
    """What a lot amounts to at an instant, by what was done so far."""

    def __init__(self, lot):
        self.lot, self.sittings = lot, {}
        self.expired = self.changes = self.forgiven = 0
        self.extended, self.frozen_since, self.frozen = None, None, 0
        # How long it had been paused when a date was given, and when its date was last moved.
        self.extended_after, self.dated = 0, None

    def count(self, *stands):
        return sum(one.stands in stands for one in self.sittings.values())

    def held(self):
        return self.count("held")

    def used(self):
        return self.count("attended", "late", "missed")

    def free(self):
        return self.lot["sessions"] - self.held() - self.used() - self.expired

    def available(self):
        return 0 if self.frozen_since is not None else self.free()

    def frozen_days(self):
        return -(-self.frozen // DAY)

    def frozen_until(self, now):
        return self.frozen + (0 if self.frozen_since is None else now - self.frozen_since)

    def extend(self, to, now):
        self.extended, self.extended_after, self.dated, self.expired = to, self.frozen_until(now), now, 0

    def thaw(self, now):
        """Ends the pause: what was agreed before it waits all of it, what was given meanwhile the rest."""
        before = -(-max(self.frozen, self.extended_after) // DAY)
        self.frozen, self.frozen_since, self.dated = self.frozen_until(now), None, now
        if self.extended:
            self.extended += datetime.timedelta(days=self.frozen_days() - before)
        return self

    def book_by(self):
        """The last local date on which a credit can be booked."""
        if self.frozen_since is not None:
            return None
        lot, term = self.lot, self.lot["term"]
        begins = local(lot["t"], lot["zone"]).date()
        if lot["latest_days"] is not None:
            begins += datetime.timedelta(days=lot["latest_days"])
            first = [one.start for one in self.sittings.values() if one.stands in ("held", "attended")]
            if first:
                begins = min(begins, local(min(first), lot["zone"]).date())
        if term["never"]:
            return None
        if term["until"]:
            agreed = datetime.date.fromisoformat(term["until"])
        elif term["months"]:
            agreed = add_months(begins, term["months"])
        else:
            agreed = begins + datetime.timedelta(days=term["days"])
        agreed += datetime.timedelta(days=self.frozen_days())
        return max(agreed, self.extended) if self.extended else agreed

    def deadline(self):
        day = self.book_by()
        return None if day is None else end_of(day, self.lot["zone"])

    def settle(self, now):
        """What the clock makes true: sessions that are over are used, and at its date a lot loses what is free."""
        for one in self.sittings.values():
            if one.stands == "held" and one.end <= now:
                one.stands = "attended"
        deadline = self.deadline()
        if deadline is not None and deadline <= now:
            self.expired += max(0, self.free())
        return self

    def apply(self, deed):
        lot, what, now = self.lot, deed["e"], deed["t"]
        self.settle(now)
        sitting = self.sittings.get(deed.get("booking"))
        if what == "hold":
            self.sittings[deed["booking"]] = Sitting(deed["start"], deed["end"])
        elif what == "leave":
            # She moved it, which costs a change.
            sitting.stands, self.changes = "returned", self.changes + 1
        elif what == "shift":
            # The same within one lot: the credit is not free in between.
            self.sittings[deed["booking"]] = Sitting(deed["start"], deed["end"])
            self.changes += 1
        elif what == "cancelled":
            self.cancel(sitting, now)
        elif what == "called_off":
            at_least = local(now, lot["zone"]).date() + datetime.timedelta(days=30)
            book_by = (self if self.frozen_since is None else copy.copy(self).thaw(now)).book_by()
            if book_by is not None and book_by < at_least:
                self.extend(at_least, now)
            if sitting.stands in ("held", "attended", "late", "missed"):
                sitting.stands = "returned"
        elif what == "missed":
            sitting.stands = "missed"
        elif what == "waived":
            sitting.stands = "returned"
        elif what == "extended":
            self.extend(datetime.date.fromisoformat(deed["to"]), now)
        elif what == "frozen":
            self.frozen_since = now
        elif what == "unfrozen":
            self.thaw(now)

    def cancel(self, sitting, now):
        lot = self.lot
        if now <= sitting.start - lot["window_hours"] * HOUR:
            left = None if lot["changes"] is None else lot["changes"] - self.changes
            if left is None or left > 0:
                sitting.stands, self.changes = "returned", self.changes + 1
            else:
                sitting.stands = "late"
        elif self.forgiven < lot["free_late"]:
            sitting.stands, self.forgiven = "returned", self.forgiven + 1
        else:
            sitting.stands = "late"


class Story:
    """Everything that was done, in its order, and the stretches of time in which the program ran."""

    def __init__(self, deeds):
        self.lots, self.runs, self.sessions = {}, [], {}
        self.of_lot = collections.defaultdict(list)
        self.of_client = collections.defaultdict(list)
        self.wishes = collections.defaultdict(list)
        self.notices, self.chosen, self.quarrels = [], {}, []
        self.end = None
        for place, deed in enumerate(deeds):
            self.read(place, deed)

    def read(self, place, deed):
        what = deed["e"]
        if what == "granted":
            self.lots[deed["lot"]] = deed
            self.of_client[deed["client"]].append(deed["lot"])
            self.of_lot[deed["lot"]].append((place, {"e": "granted", "t": deed["t"]}))
            if deed["purchase"]:
                self.notices.append(["receipt", deed["client"], deed["purchase"], deed["t"]])
        elif what == "runs":
            # From here the clock goes on without a gap until the next of these.
            self.runs.append((place, deed["t"]))
        elif what == "wish":
            self.wishes[deed["client"], deed["kind"]].append((place, deed["out"]))
        elif what == "booked":
            self.book(place, deed)
        elif what == "moved":
            self.move(place, deed)
        elif what in ("cancelled", "called_off"):
            session = self.sessions[deed["booking"]]
            self.of_lot[session["lot"]].append((place, deed))
            session["stands"].append((place, None))
            self.notices.append(["cancelled", session["client"], deed["booking"], deed["t"]])
        elif what in ("missed", "waived"):
            self.of_lot[self.sessions[deed["booking"]]["lot"]].append((place, deed))
        elif what in ("extended", "frozen", "unfrozen"):
            self.of_lot[deed["lot"]].append((place, deed))
        elif what == "end":
            self.end = deed["t"]
        else:
            raise ValueError(what)

    def book(self, place, deed):
        lot = self.pays(place, deed, deed["start"])
        session = {"client": deed["client"], "length": deed["length"], "practitioner": deed["practitioner"], "lot": lot,
                   "stands": [(place, deed["start"])], "placed": [(place, deed["t"], deed["start"])]}
        self.sessions[deed["booking"]] = session
        self.hold(place, deed, session, deed["start"])
        self.notices.append(["booked", deed["client"], deed["booking"], deed["t"]])

    def hold(self, place, deed, session, start, how="hold"):
        end = start + session["length"] * 60_000
        held = {"e": how, "t": deed["t"], "booking": deed["booking"], "start": start, "end": end}
        self.of_lot[session["lot"]].append((place, held))

    def move(self, place, deed):
        session = self.sessions[deed["booking"]]
        old = session["lot"]
        here, now = self.lots[old], deed["t"]
        standing = self.standing(old, place, now)
        book_by, day = standing.book_by(), local(deed["to"], here["zone"]).date()
        if standing.frozen_since is None and (
            book_by is None or day <= book_by + datetime.timedelta(days=here["grace_days"])
        ):
            lot = old
        else:
            lot = self.pays(place, dict(deed, **{k: session[k] for k in ("client", "practitioner", "length")}), deed["to"])
        if deed["chose"] != lot:
            self.quarrels.append(f"{deed['booking']} moved at {text_of(now)}: paid by {deed['chose']}, and should be by {lot}")
        if old == deed["chose"]:
            self.hold(place, deed, session, deed["to"], "shift")
        else:
            self.of_lot[old].append((place, {"e": "leave", "t": now, "booking": deed["booking"]}))
            session["lot"] = deed["chose"]
            self.hold(place, deed, session, deed["to"])
        session["stands"].append((place, deed["to"]))
        session["placed"].append((place, now, deed["to"]))
        self.notices.append(["moved", session["client"], deed["booking"], now])

    def pays(self, place, deed, start):
        """Earliest expiry that is valid for that date, then comp before paid, then the oldest, then the id."""
        best = []
        for name in self.of_client[deed["client"]]:
            lot = self.lots[name]
            if lot["practitioner"] != deed["practitioner"] or lot["length"] != deed["length"]:
                continue
            standing = self.standing(name, place, deed["t"])
            book_by = standing.book_by()
            if standing.available() <= 0:
                continue
            grace = datetime.timedelta(days=lot["grace_days"])
            if book_by is not None and local(start, lot["zone"]).date() > book_by + grace:
                continue
            ends = float("inf") if book_by is None else end_of(book_by, lot["zone"])
            best.append((ends, 1 if lot["purchase"] else 0, lot["t"], name))
        right = min(best)[3] if best else None
        if "chose" in deed and deed["e"] == "booked" and deed["chose"] != right:
            self.quarrels.append(f"{deed['booking']} at {text_of(deed['t'])}: paid by {deed['chose']}, and should be by {right}")
        return deed["chose"] if deed["e"] == "booked" else right

    def standing(self, name, place, now):
        """What a lot amounts to by all that was done before a place in the list."""
        standing = Standing(self.lots[name])
        for where, deed in self.of_lot[name]:
            if where >= place:
                break
            standing.apply(deed)
        return standing.settle(now)

    def opted_out(self, client, kind, place):
        out = False
        for where, wish in self.wishes[client, kind]:
            if where < place:
                out = wish
        return out


class Nudges:
    """The nudges of one lot."""

    def __init__(self, story, name, places):
        self.story, self.name, self.lot, self.places = story, name, story.lots[name], places
        self.planned, self.sent, self.withheld = {}, [], 0

    def plan(self, place, now):
        """Every nudge that the lot calls for as it stands, by its key, with its hour."""
        lot, standing = self.lot, self.story.standing(self.name, place, now)
        zone_of_hers, plan = lot["client_zone"], {}
        plan["book-first", self.name] = waking(lot["t"] + 24 * HOUR, zone_of_hers)
        deadline, book_by = standing.deadline(), standing.book_by()
        if deadline is not None:
            subject = f"{self.name}/{book_by.isoformat()}"
            days = (book_by - local(lot["t"], lot["zone"]).date()).days
            # A validity under fourteen days is reminded of at half-time.
            at = (lot["t"] + deadline) / 2 if days < 14 else start_of(book_by - datetime.timedelta(days=7), lot["zone"])
            # Where that was over when the date was moved: half-way from then.
            if standing.dated is not None and at <= standing.dated < deadline:
                at = (standing.dated + deadline) / 2
            plan["expiry", subject] = waking(at, zone_of_hers)
            plan["lapsed", subject] = waking(deadline, zone_of_hers)
        over = [one.end for one in standing.sittings.values() if one.stands in ("held", "attended", "late", "missed")]
        if over and standing.free() == 0:
            last = max(over)
            if not standing.expired or deadline is None or last > deadline:
                plan["renewal", self.name] = waking(last + 2 * HOUR, zone_of_hers)
        return plan, standing

    def look(self, place, now):
        """A nudge keeps its hour as long as the lot calls for it; one that was not needed comes up again only if its hour moves on."""
        for key, due in self.plan(place, now)[0].items():
            known = self.planned.get(key)
            # One that waits for the morning already goes on waiting; how late it is counts from its hour all the same.
            changed = known and known[1] == "waits" and known[0] != due
            if known is None or changed or (known[1] in ("withheld", "late") and due > now):
                self.planned[key] = [due, "waits", due]

    def needless(self, kind, key, plan, standing, place, now):
        lot, story = self.lot, self.story
        if story.opted_out(lot["client"], kind, place):
            return True
        if kind != "renewal" and standing.frozen_since is not None:
            return True
        if kind == "book-first" and standing.held() + standing.used() > 0:
            return True
        if kind in ("book-first", "expiry") and standing.available() == 0:
            return True
        if kind == "lapsed" and standing.expired == 0:
            return True
        if kind == "renewal" and self.newer(place, now):
            return True
        return key not in plan

    def newer(self, place, now):
        lot, story = self.lot, self.story
        for name in story.of_client[lot["client"]]:
            other = story.lots[name]
            if name == self.name or other["practitioner"] != lot["practitioner"] or other["t"] < lot["t"]:
                continue
            if story.of_lot[name][0][0] >= place:
                continue
            standing = story.standing(name, place, now)
            if standing.free() + standing.held() > 0:
                return True
        return False

    def fire(self, key, place, now):
        kind = key[0]
        plan, standing = self.plan(place, now)
        due = self.planned[key][0]
        if key in plan and plan[key] > now:
            self.planned[key] = [plan[key], "waits", plan[key]]
        elif now > due + LATEST:
            self.planned[key][1] = "late"
        elif self.needless(kind, key, plan, standing, place, now):
            self.withheld += 1
            self.planned[key][1] = "withheld"
        elif waking(now, self.lot["client_zone"]) > now:
            self.planned[key][2] = waking(now, self.lot["client_zone"])
        else:
            self.sent.append([kind, self.lot["client"], key[1], now])
            self.planned[key][1] = "sent"

    def live(self, place, now, until, is_set_back):
        """Time goes by from one deed on this lot to the next; what the clock changes on the way is looked at too."""
        if not is_set_back:
            self.look(place, now)
        while True:
            here = self.places.at(place, now)
            turns = [turn for _, state, turn in self.planned.values() if state == "waits"]
            standing = self.story.standing(self.name, here, now)
            turns += [one.end for one in standing.sittings.values() if one.stands == "held"]
            deadline = standing.deadline()
            if deadline is not None and deadline > now:
                turns.append(deadline)
            turns = [max(turn, now) for turn in turns]
            if not turns or min(turns) > until:
                return
            now = min(turns)
            here = self.places.at(place, now)
            self.look(here, now)
            for key in [key for key, (_, state, turn) in self.planned.items() if state == "waits" and turn <= now]:
                self.fire(key, here, now)


class Places:
    """Where in the list of deeds an instant of a run stands: before the first deed of the run that is not earlier."""

    def __init__(self, deeds, runs):
        self.runs = []
        marks = [place for place, _ in runs] + [len(deeds)]
        for first, last in zip(marks, marks[1:]):
            inside = [place for place in range(first, last) if "t" in deeds[place]]
            self.runs.append((first, last, inside, [deeds[place]["t"] for place in inside]))
        self.firsts = [first for first, *_ in self.runs]

    def at(self, place, now):
        first, last, inside, times = self.runs[bisect.bisect_right(self.firsts, max(place - 1, 0)) - 1]
        found = bisect.bisect_left(times, now)
        return max(place, inside[found] if found < len(inside) else last)


def stretches(story, deeds, own):
    """Of one lot: from each deed on it, or each start of a run, to the next, as long as the program runs."""
    marks = [(place, when) for place, when in own]
    granted = own[0][0]
    marks += [(place, when) for place, when in story.runs if place > granted]
    marks.sort()
    run_ends = {}
    for (_, _), (place, _) in zip(story.runs, story.runs[1:]):
        run_ends[place] = deeds[place]["slept_from"]
    for index, (place, when) in enumerate(marks):
        # A clock that is set back changes nothing by itself.
        is_set_back = when < run_ends.get(place, when)
        if index + 1 == len(marks):
            yield place, when, story.end, is_set_back
        else:
            following, then = marks[index + 1]
            yield place, when, run_ends.get(following, then), is_set_back


def reminders(story, places, deeds):
    """A day ahead, in waking hours; once for a session and a start; not for what was booked later than that."""
    sent = []
    run_list = story.runs + [(len(deeds), None)]
    for name, session in story.sessions.items():
        done = set()
        for place, placed_at, start in session["placed"]:
            due = waking(start - 24 * HOUR, zone_of(story, session))
            if start in done or placed_at >= start - 24 * HOUR or due >= start:
                continue
            done.add(start)
            at = when_awake(run_list, deeds, story.end, (place, placed_at), due)
            if at is None:
                continue
            where, now = at
            late = waking(now, zone_of(story, session))
            if now > due and late > now:
                # The program slept through it and wakes in the night.
                if late >= start:
                    continue
                again = when_awake(run_list, deeds, story.end, at, late)
                if again is None:
                    continue
                where, now = again
            here = places.at(where, now)
            stands = [start_at for place, start_at in session["stands"] if place < here][-1]
            if stands == start and now < start:
                sent.append(["reminder", session["client"], f"{name}/{text_of(start)}", now])
    return sent


def zone_of(story, session):
    return story.lots[session["lot"]]["client_zone"]


def when_awake(runs, deeds, end, since, due):
    """The first instant from a place and time on at which the program runs and it is that late, with a place in that run."""
    place, then = since
    for (first, starts), (following, _) in zip(runs, runs[1:]):
        if following < place:
            continue
        last = deeds[following]["slept_from"] if following < len(deeds) else end
        if due <= last:
            begins = starts if first >= place else then
            now = max(due, begins)
            if now <= last:
                return max(first + 1, place), now
    return None


def main():
    deeds = [json.loads(line) for line in sys.stdin]
    story = Story(deeds)
    places = Places(deeds, story.runs)
    sent, late, lots, withheld = list(story.notices), [], {}, 0
    for name, own in story.of_lot.items():
        nudges = Nudges(story, name, places)
        for place, now, until, is_set_back in stretches(story, deeds, [(place, deed["t"]) for place, deed in own]):
            nudges.live(place + 1, now, until, is_set_back)
        sent += nudges.sent
        # What became of a nudge last: one that came up again later is late no more.
        late += [[kind, story.lots[name]["client"], about] for (kind, about), (_, state, _) in nudges.planned.items() if state == "late"]
        withheld += nudges.withheld
        last = story.standing(name, len(deeds), story.end)
        lots[name] = [last.available(), last.held(), last.used(), last.expired]
    sent += reminders(story, places, deeds)
    json.dump({"sent": sent, "late": late, "lots": lots, "withheld": withheld, "quarrels": story.quarrels}, sys.stdout)


if __name__ == "__main__":
    main()
