"""How many places of a finding are shown, and where its files are: the path that was scanned, joined with the artifact's own."""

from __future__ import annotations

from analyzer.findings import Location, Report

PLACES_SHOWN = 3  # of those where one cause stands; every report says how many there are


def uri(report: Report, location: Location) -> str:
    """A location's file with `/` between its parts: below a SavedModel's folder, beside what is a file or a prefix.

    Paths that were given relative stay so, which is what GitHub needs to show a file.
    """
    path = report.path.replace("\\", "/").rstrip("/")
    if not location.file:
        return path
    folder, _, name = path.rpartition("/")
    if report.format == "saved_model" and name != location.file:
        return f"{path}/{location.file}"
    return f"{folder}/{location.file}" if folder else location.file
