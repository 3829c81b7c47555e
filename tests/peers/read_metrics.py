#!/usr/bin/env python3
"""Reads figures from standard input with Prometheus' own parser, holds their names to its rules, and tells them as JSON.

One object a sample: name, labels, value, and the kind of its family. Exits with 1 and a line for each rule that is broken, as
`promtool check metrics` does.
"""

import json
import re
import sys

from prometheus_client.parser import text_string_to_metric_families

UNITS = ("_seconds", "_bytes", "_total", "_info", "_messages", "_items", "_places")
NOT_BASE = ("_milliseconds", "_ms", "_minutes", "_hours", "_days", "_kilobytes", "_kb", "_mb", "_percent")


def broken(family, text):
    name = family.name
    full = name + "_total" if family.type == "counter" else name
    if not re.fullmatch(r"(fiddlehead|process)_[a-z0-9_]+", name):
        yield f"{name}: not of ours"
    if not family.documentation.endswith("."):
        yield f"{name}: its help is no sentence"
    if any(unit in full for unit in NOT_BASE) or not full.endswith(UNITS):
        yield f"{full}: no base unit"
    if family.type == "counter" and f"# TYPE {name}_total counter" not in text:
        yield f"{name}: a counter that does not end in _total"
    if family.type != "counter" and name.endswith("_total"):
        yield f"{name}: ends in _total and is no counter"
    if family.type not in ("counter", "gauge", "histogram"):
        yield f"{name}: of kind {family.type}"
    if not family.samples:
        yield f"{name}: has no sample"
    seen = [(sample.name, tuple(sorted(sample.labels.items()))) for sample in family.samples]
    if len(seen) != len(set(seen)):
        yield f"{name}: a sample stands there twice"
    if family.type == "histogram":
        buckets = [s for s in family.samples if s.name.endswith("_bucket")]
        counts = [s.value for s in buckets]
        total = next(s.value for s in family.samples if s.name.endswith("_count"))
        if counts != sorted(counts) or buckets[-1].labels["le"] != "+Inf" or counts[-1] != total:
            yield f"{name}: its buckets do not add up"


def main():
    text = sys.stdin.read()
    families = list(text_string_to_metric_families(text))
    wrong = [line for family in families for line in broken(family, text)]
    names = [family.name for family in families]
    wrong += [f"{name}: a family twice" for name in set(names) if names.count(name) > 1]
    if wrong:
        sys.exit("\n".join(wrong))
    samples = [
        {"name": s.name, "labels": s.labels, "value": s.value, "kind": family.type}
        for family in families
        for s in family.samples
    ]
    print(json.dumps(samples))


main()
