#!/usr/bin/env python3
"""Reads the list of crates out of a binary as an auditor would, and holds it against Cargo.lock and the SBOM beside it.

    read_crates.py BINARY        prints how many there are; ends with an error if the three disagree
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import tomllib
import zlib

HOUSE = pathlib.Path(__file__).resolve().parents[2]


def inside(binary):
    with tempfile.TemporaryDirectory() as folder:
        section = pathlib.Path(folder, "list")
        dump = ["objcopy", "--dump-section", f".dep-v0={section}", binary, f"{folder}/copy"]
        # Any objcopy copies a section, whatever machine the binary is for, if it knows the format.
        subprocess.run(dump, check=True)
        told = json.loads(zlib.decompress(section.read_bytes()))
    return {(package["name"], package["version"]) for package in told["packages"] if package.get("kind") != "build"}


def main():
    binary = sys.argv[1]
    found = inside(binary)
    lock = tomllib.loads((HOUSE / "Cargo.lock").read_text(encoding="utf-8"))
    locked = {(package["name"], package["version"]) for package in lock["package"]}
    bill = json.loads(pathlib.Path(f"{binary}.cdx.json").read_text(encoding="utf-8"))
    listed = {(part["name"], part["version"]) for part in bill["components"]} | {
        (bill["metadata"]["component"]["name"], bill["metadata"]["component"]["version"])
    }
    names = {name for name, _ in found}
    assert {"fiddlehead", "redb", "rustls", "ring"} <= names, sorted(names)
    assert not {"openssl-sys", "aws-lc-sys", "native-tls"} & names
    assert found <= locked, f"not in Cargo.lock: {sorted(found - locked)}"
    assert found <= listed, f"not in the SBOM: {sorted(found - listed)}"
    assert all(part.get("licenses") for part in bill["components"]), "a part without a licence"
    print(f"{len(found)} crates inside, {len(listed)} in the SBOM")


if __name__ == "__main__":
    main()
