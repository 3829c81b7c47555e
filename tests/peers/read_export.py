"""Reads an export back with Python's own csv, json and zipfile, and says what is in it."""

import csv
import io
import json
import sys
import zipfile
from decimal import Decimal
from pathlib import Path


def main() -> None:
    folder = Path(sys.argv[1])
    whole = json.loads((folder / "practice.json").read_text(encoding="utf-8"))["tables"]
    archive = zipfile.ZipFile(folder / "practice.zip")
    assert archive.testzip() is None
    tables = {}
    for name in archive.namelist():
        if name.endswith(".csv"):
            text = archive.read(name).decode("utf-8-sig")
            tables[name.removesuffix(".csv")] = list(csv.DictReader(io.StringIO(text, newline="")))
    assert set(tables) == set(whole), set(tables) ^ set(whole)
    readme = archive.read("README.txt").decode("utf-8")
    for name, rows in tables.items():
        assert len(rows) == len(whole[name]), name
        assert f"## {name}" in readme, name
        for row, same in zip(rows, whole[name]):
            assert list(row) == list(same) or set(row) == set(same), name
            for column, cell in row.items():
                assert f"`{column}`" in readme, (name, column)
                assert not cell.startswith(("=", "+", "@")), (name, column, cell)
    print(json.dumps({
        "rows": {name: len(rows) for name, rows in tables.items()},
        "paid": str(sum(Decimal(row["amount"]) for row in tables["payments"])),
        "granted": sum(int(row["count"]) for row in tables["ledger"] if row["what"] == "granted"),
        "formula": tables["words"][0]["opening"],
    }))


main()
