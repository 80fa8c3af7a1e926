"""Renderers against names and messages that mean something to what reads them."""

from __future__ import annotations

import json
from html.parser import HTMLParser

import pytest

from analyzer.findings import Finding, Location, Phase, Problem, Report, Severity, TargetFindings, Verdict, WrittenBy
from analyzer.reports import as_github, as_html, as_matrix, as_sarif, as_text
from analyzer.reports.places import uri

HOSTILE = "<script>alert('x')</script> 100%\r\n::error::a,b:c \udc80"


def report(
    path: str = "models/m", form: str = "saved_model", message: str = "m", file: str = "saved_model.pb"
) -> Report:
    finding = Finding(
        rule="unknown-op",
        family="ops",
        message=message,
        where=(Location(file, "graph/serve/x", byte=7, length=2), Location(file, "graph/serve/y")),
        phase=Phase.IMPORT,
        severity=Severity.ERROR,
        tensorflow_error=message,
        remedy=message,
    )
    results = tuple(
        TargetFindings(target, (finding,), (Verdict(target, "tf.saved_model.load", False, ("unknown-op",)),))
        for target in ("tensorflow==2.4.0", "tensorflow==2.15.0")
    )
    return Report(path, form, WrittenBy(), results, (Problem("x", "limit", message),), 0.1)


@pytest.mark.parametrize(
    ("path", "form", "file", "expected"),
    [
        ("models/m", "saved_model", "variables/variables.index", "models/m/variables/variables.index"),
        ("models/m/saved_model.pb", "saved_model", "saved_model.pb", "models/m/saved_model.pb"),
        ("models/m/", "saved_model", "saved_model.pb", "models/m/saved_model.pb"),
        ("models/m.h5", "keras_h5", "m.h5", "models/m.h5"),
        ("m.keras", "keras_archive", "m.keras", "m.keras"),
        ("ckpt/model-1", "checkpoint", "model-1.index", "ckpt/model-1.index"),
        ("ckpt/model-1", "checkpoint", "", "ckpt/model-1"),
        ("C:\\models\\m", "saved_model", "saved_model.pb", "C:/models/m/saved_model.pb"),
    ],
)
def test_places(path: str, form: str, file: str, expected: str) -> None:
    assert uri(report(path, form), Location(file)) == expected


def test_sarif_of_nothing() -> None:
    (run,) = json.loads(as_sarif.render([], {}))["runs"]
    assert run["results"] == [] and run["tool"]["driver"]["rules"] == []
    assert run["invocations"] == [{"executionSuccessful": True, "toolExecutionNotifications": []}]


def test_sarif_indices_and_fingerprints() -> None:
    (run,) = json.loads(as_sarif.render([report("a b/m"), report("models/m")], {"unknown-op": "Title.\n\nText."}))[
        "runs"
    ]
    rules = run["tool"]["driver"]["rules"]
    assert [rules[each["ruleIndex"]]["id"] for each in run["results"]] == ["unknown-op"] * 4
    assert len({each["partialFingerprints"]["analyze/v1"] for each in run["results"]}) == 4
    first = run["results"][0]["locations"][0]
    assert first["physicalLocation"] == {
        "artifactLocation": {"uri": "a%20b/m/saved_model.pb"},
        "region": {"byteOffset": 7, "byteLength": 2},
    }
    assert run["invocations"][0]["executionSuccessful"] is False


def test_sarif_fingerprints_know_no_offsets() -> None:
    def print_of(byte: int) -> str:
        finding = Finding("r", "ops", "m", (Location("f", "s", byte=byte),), Phase.IMPORT, Severity.ERROR)
        one = Report("p", "graph_def", WrittenBy(), (TargetFindings("t", (finding,), ()),), (), 0.0)
        result = json.loads(as_sarif.render([one], {}))["runs"][0]["results"][0]
        return str(result["partialFingerprints"])

    assert print_of(1) == print_of(2)


def test_github_commands_stay_on_their_line() -> None:
    lines = as_github.render(report("a,b:c\n/m", message=HOSTILE)).splitlines()
    assert len(lines) == 2, lines  # one finding for both targets, one problem
    assert all(line.startswith("::error file=a%2Cb%3Ac%0A/m/") for line in lines)
    assert "%0D%0A%3A" not in lines[0] and "100%25%0D%0A::error::a,b:c" in lines[0]
    assert "tensorflow==2.4.0, tensorflow==2.15.0" in lines[0]


@pytest.mark.parametrize("colour", [False, True])
def test_text_stays_on_its_line_and_moves_nothing(colour: bool) -> None:
    odd = "a\nb\x1b[2J\x1b[8m\x9bx\u202e\r::error::"
    made = report(f"models/{odd}", message=odd)
    targets = [{"spec": result.target, "tensorflow": result.target[12:]} for result in made.results]
    for text in (
        as_text.render(made, {}, colour=colour),
        as_text.render(made, {}, colour=colour, width=60),
        as_matrix.render([made], targets, colour=colour),
        as_matrix.render([made, report(message=odd)], targets, colour=colour),
    ):
        assert r"a\nb\x1b[2J\x1b[8m\x9bx\u202e\r::error::" in text
        assert ("\x1b" in text) == colour
        assert not set("\r\x9b\u202e") & set(text) and not any(line.startswith(("b", ":")) for line in text.split("\n"))


@pytest.mark.parametrize("line", ["", "plain", "  モデル: é", "\x1b[31;1mfails\x1b[0m  x"])
def test_what_can_be_seen_is_left_as_it_is(line: str) -> None:
    assert as_text.visible(line) == line


def test_html_escapes_what_artifacts_say() -> None:
    tags: list[str] = []

    class Tags(HTMLParser):
        def handle_starttag(self, tag: str, attrs: object) -> None:
            tags.append(tag)

    page = as_html.render([report("<img src=x>", message=HOSTILE)], [{"spec": "<b>", "filled": ["<i>"]}])
    Tags().feed(page)
    assert not {"script", "img", "i"} & set(tags)
    assert page.count("<b>") == 2  # the findings' own
