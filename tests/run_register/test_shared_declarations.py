"""What is declared in one process of a run counts in all of them (S2)."""

from pathlib import Path

import pytest

from pulumi_alicloud_edge._model.claim import Claim
from pulumi_alicloud_edge._model.identity import likely_urn, program_name, program_names
from pulumi_alicloud_edge._model.observation import Artifact
from pulumi_alicloud_edge._model.policy import Everywhere, InRegions, Selector
from pulumi_alicloud_edge._model.stored_claim import write_claim
from pulumi_alicloud_edge._registry import Registry
from pulumi_alicloud_edge._run_register import RunRegister

TYPE = "pulumi-python:dynamic/alicloud-edge:AppDataDist"
OTHER_TYPE = "pulumi-python:dynamic/alicloud-edge:AppDataPush"
ASSETS = Artifact("assets", "1.5")


def urn(name: str, *parents: str, type_: str = TYPE) -> str:
    return f"urn:pulumi:prod::edge::{'$'.join((*parents, type_))}::{name}"


def claim(of: str, unit: Artifact = ASSETS, selector: Selector = Everywhere()) -> Claim:  # noqa: B008
    return Claim(of, "e-1", unit, (selector,))


class Run:
    """The processes of one run."""

    def __init__(self, folder: Path, *, is_certain: bool = True) -> None:
        self._path = folder / "run.jsonl"
        self._is_certain = is_certain
        self._program = self._register()

    def process(self) -> Registry:
        return Registry(self._register())

    def program(self, name: str, *claims: Claim, parent: str | None = "", known: bool = True) -> str:
        """Have the program declare a resource; return its program name."""
        named = program_name(TYPE, name, parent)
        self._program.append(
            {"program": named, "claims": [write_claim(c) for c in claims] if known else None}
        )
        return named

    def _register(self) -> RunRegister:
        return RunRegister(self._path, is_certain=self._is_certain)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(tmp_path)


def test_what_one_host_has_checked_the_other_knows(run: Run) -> None:
    one, other = run.process(), run.process()
    a, b = claim(urn("a")), claim(urn("b"), selector=InRegions(("cn-wuxi-5",)))

    assert one.declare(urn("a"), (a,)) == ()
    assert other.declare(urn("b"), (b,)) == (a,)
    assert one.others(urn("a")) == (b,)
    assert set(one.declared()) == set(other.declared()) == {a, b}


def test_a_declaration_replaces_the_one_before_it_in_every_process(run: Run) -> None:
    one, other = run.process(), run.process()
    one.declare(urn("a"), (claim(urn("a")),))
    assert other.declared()
    one.declare(urn("a"), ())
    assert other.declared() == ()


def test_the_program_tells_of_what_no_host_has_checked(run: Run) -> None:
    named = run.program("new", claim(""))
    host = run.process()
    assert host.others(urn("old")) == host.declared() == (claim(named),)
    assert host.knows_program()


def test_without_a_program_nothing_is_known_of_it(run: Run) -> None:
    one, other = run.process(), run.process()
    one.deleting(urn("a"))
    assert not one.knows_program()
    assert not other.knows_program()
    assert other.deleted() == {urn("a")}


@pytest.mark.parametrize(
    ("asks", "is_own"),
    [
        pytest.param(urn("a", "test:index:Group"), True, id="itself"),
        pytest.param(urn("a", "test:index:Outer", "test:index:Group"), True, id="itself, deeper"),
        pytest.param(urn("b", "test:index:Group"), False, id="another name"),
        pytest.param(urn("a"), False, id="outside of the component"),
        pytest.param(urn("a", "test:index:Else"), False, id="in another component"),
        pytest.param(urn("a", "test:index:Group", type_=OTHER_TYPE), False, id="another type"),
    ],
)
def test_a_resource_is_no_other_to_itself(run: Run, asks: str, is_own: bool) -> None:  # noqa: FBT001
    run.program("a", claim(""), parent="test:index:Group")
    assert (run.process().others(asks) == ()) is is_own


def test_under_a_parent_that_is_not_known_type_and_name_decide(run: Run) -> None:
    run.program("a", claim(""), parent=None)
    host = run.process()
    assert host.others(urn("a")) == host.others(urn("a", "test:index:Group")) == ()
    assert host.others(urn("b"))


@pytest.mark.parametrize("program_first", [True, False])
def test_what_a_host_has_checked_outranks_what_the_program_has_said(
    run: Run,
    program_first: bool,  # noqa: FBT001
) -> None:
    one, other = run.process(), run.process()
    checked = claim(urn("a"), Artifact("assets", "1.6"))
    if program_first:
        run.program("a", claim(""))
    one.declare(urn("a"), (checked,))
    if not program_first:
        run.program("a", claim(""))
    assert one.others(urn("b")) == other.others(urn("b")) == (checked,)


def test_the_program_may_know_later_what_it_declares(run: Run) -> None:
    named = run.program("a", known=False)
    host = run.process()
    assert host.declared() == ()
    run.program("a", claim(""))
    assert host.declared() == (claim(named),)


def test_a_resource_that_is_deleted_stays_declared_only_if_a_host_has_checked_it(run: Run) -> None:
    run.program("destroyed", claim(""))
    replaced = claim(urn("replaced"))
    host, other = run.process(), run.process()
    host.declare(urn("replaced"), (replaced,))
    for deleted in ("destroyed", "replaced"):
        host.deleting(urn(deleted))
    assert host.declared() == other.declared() == (replaced,)


def test_remembered_neighbours_count_where_no_program_runs(run: Run) -> None:
    host = run.process()
    known, named = claim(urn("b")), claim(program_name(TYPE, "c", ""))
    assert host.still_declared((known, named)) == (known, named)
    run.process().deleting(urn("b"))
    assert host.still_declared((known, named)) == (named,)
    run.process().deleting(urn("c"))
    assert host.still_declared((known, named)) == ()


def test_a_program_outranks_what_is_remembered_except_where_it_cannot_tell(run: Run) -> None:
    run.program("b", known=False)
    host = run.process()
    vague, dropped = claim(urn("b")), claim(urn("c"))
    assert host.still_declared((vague, dropped)) == (vague,)
    run.program("b", claim("", Artifact("levels", "2")))
    assert host.still_declared((vague, dropped)) == ()


def test_what_may_be_of_an_earlier_engine_only_adds_to_what_must_stay(tmp_path: Path) -> None:
    run = Run(tmp_path, is_certain=False)
    named = run.program("a", claim(""))
    run.process().deleting(urn("b"))
    host, remembered = run.process(), claim(urn("b"))

    assert host.declared() == (claim(named),)
    assert not host.knows_program()
    assert host.deleted() == frozenset()
    assert host.still_declared((remembered,)) == (remembered,)

    host.declare(urn("c"), ())
    assert host.knows_program()


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"urn": 7, "claims": []},
        {"urn": "a", "claims": "all"},
        {"urn": "a", "claims": [7, {}, {"app_id": 1, "name": "assets", "version": "1"}]},
        {"urn": "a", "claims": [], "pushes": [["e-1", "assets"], 7, [1, 2, 3]]},
        {"program": ["a"], "claims": []},
        {"program": "a", "pushes": [["e-1"], ["e-1", "assets", "1", "2"]]},
        {"deleting": None},
    ],
)
def test_entries_of_another_form_are_passed_over(tmp_path: Path, entry: dict[str, object]) -> None:
    path = tmp_path / "run.jsonl"
    RunRegister(path, is_certain=True).append(entry)
    host = Registry(RunRegister(path, is_certain=True))
    assert host.declared() == ()
    assert host.deleted() == frozenset()


def test_what_is_pushed_is_known_to_every_process(run: Run) -> None:
    one, other = run.process(), run.process()
    one.declare(urn("a"), (), frozenset({("e-1", ASSETS)}))
    assert other.may_push("e-1", ASSETS)
    assert not other.may_push("e-2", ASSETS)


def test_a_push_whose_inputs_the_program_does_not_know_yet_may_push_anything(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    program = RunRegister(path, is_certain=True)
    program.append({"program": "a", "pushes": None})
    host = Registry(RunRegister(path, is_certain=True))
    assert host.may_push("e-1", ASSETS)
    program.append({"program": "a", "pushes": []})
    assert not host.may_push("e-1", ASSETS)


def test_a_damaged_selection_counts_as_everywhere(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    stored = {"app_id": "e-1", "name": "assets", "version": "1.5", "selection": "half"}
    RunRegister(path, is_certain=True).append({"urn": urn("a"), "claims": [stored]})
    assert Registry(RunRegister(path, is_certain=True)).declared() == (claim(urn("a")),)


def test_without_a_register_a_process_knows_what_it_has_checked() -> None:
    host = Registry()
    host.declare(urn("a"), (claim(urn("a")),))
    host.deleting(urn("b"))
    assert host.declared() == host.others(urn("b")) == (claim(urn("a")),)
    assert host.others(urn("a")) == ()
    assert host.deleted() == {urn("b")}


def test_names_that_are_no_urns_stand_for_nothing_else() -> None:
    assert program_names("new") == program_names("") == ()
    name = "with::colons"
    assert program_name(TYPE, name, "") in program_names(urn(name))


@pytest.mark.parametrize(("parent", "shown"), [("", urn("b")), ("P", urn("b", "P")), (None, urn("b"))])
def test_a_program_name_reads_as_a_urn(parent: str | None, shown: str) -> None:
    assert likely_urn(urn("a"), program_name(TYPE, "b", parent)) == shown
    assert likely_urn(urn("a"), urn("c")) == urn("c")
