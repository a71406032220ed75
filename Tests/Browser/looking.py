# SPDX-License-Identifier: Apache-2.0
"""What is looked at on a page: a line for each thing, and how it ended."""
import sys

failures = 0


def check(what, is_so, found=""):
    global failures
    failures += 0 if is_so else 1
    print(("ok: " if is_so else "NOT OK: ") + what + ("" if is_so else f"; found {found!r}"), flush=True)


def digits(text):
    return int("".join(c for c in text if c.isdigit()))


def end():
    sys.exit(1 if failures else 0)
