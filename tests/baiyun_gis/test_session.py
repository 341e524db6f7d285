from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from storage_builders import any_state, assert_same_state, report_of

from baiyun_gis.errors import ProjectError, UsageError
from baiyun_gis.findings.decisions import DecisionState
from baiyun_gis.language import msg
from baiyun_gis.project import ProjectMeta, ProjectState
from baiyun_gis.session import Session
from baiyun_gis.storage import lock
from baiyun_gis.storage.journal import journal_path
from baiyun_gis.storage.project_file import open_project, save_project


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "p.gpkg"
    save_project(any_state(), path)
    return path


def retitled(state: ProjectState, title: str) -> ProjectState:
    return state.with_(meta=ProjectMeta(title=title, path=state.meta.path))


def test_unsaved_edits_survive_without_a_save(saved: Path) -> None:
    session = Session.opened(saved)
    session.apply(msg("Step"), retitled(session.state, "edited"))
    session.close()
    again = Session.opened(saved)
    assert again.state.meta.title == "edited"
    assert again.is_modified
    assert "1 unsaved edits" in again.notes[0].text()
    again.save()
    assert not again.is_modified
    again.close()
    assert open_project(saved, read_only=True).meta.title == "edited"
    assert not journal_path(saved).exists()


def test_undo_is_in_the_journal_too(saved: Path) -> None:
    session = Session.opened(saved)
    session.apply(msg("Step"), retitled(session.state, "edited"))
    session.document.undo()
    session.close()
    assert open_project(saved).meta.title == "示范区"


def test_saving_under_another_name_leaves_the_first_file_as_it_was(
    saved: Path, tmp_path: Path
) -> None:
    session = Session.opened(saved)
    session.apply(msg("Step"), retitled(session.state, "edited"))
    session.save(tmp_path / "other.gpkg")
    assert session.path == (tmp_path / "other.gpkg").resolve()
    assert lock.holder_of(saved) is None
    assert lock.holder_of(tmp_path / "other.gpkg") is not None
    session.close()
    assert open_project(saved).meta.title == "示范区"
    assert open_project(tmp_path / "other.gpkg").meta.title == "edited"


def test_changes_by_another_program_are_not_overwritten_unasked(saved: Path) -> None:
    session = Session.opened(saved)
    session.apply(msg("Step"), retitled(session.state, "edited"))
    with closing(sqlite3.connect(saved)) as outside, outside:
        outside.execute("UPDATE decisions SET author = 'QGIS'")
    with pytest.raises(ProjectError, match="another program has changed"):
        session.save()
    session.save(is_overwriting=True)
    session.close()
    assert open_project(saved).meta.title == "edited"


def test_a_journal_that_no_longer_fits_is_kept_and_told(saved: Path) -> None:
    session = Session.opened(saved)
    session.apply(msg("Step"), retitled(session.state, "edited"))
    session.close()
    with closing(sqlite3.connect(saved)) as outside, outside:
        outside.execute("UPDATE decisions SET author = 'QGIS'")
    again = Session.opened(saved)
    again.close()
    assert set(again.state.decisions.author) == {"QGIS"}
    assert "kept in p.gpkg.journal.1" in again.notes[0].text()
    assert saved.with_name("p.gpkg.journal.1").exists()


def test_a_reading_session_needs_no_lock_and_cannot_save_in_place(saved: Path) -> None:
    writer = Session.opened(saved)
    reader = Session.opened(saved, is_read_only=True)
    with pytest.raises(UsageError, match="reading only"):
        reader.save()
    reader.close()
    assert lock.holder_of(saved) is not None
    writer.close()


def test_a_decision_keeps_a_true_report_true_and_comes_back(saved: Path) -> None:
    session = Session.opened(saved)
    session.accept_report(report_of(session.state))
    session.save()
    session.decide(0, DecisionState.ACCEPTED, reason="old wall", author="Li", made_at="2026-01-01")
    assert not session.is_report_stale
    assert session.report is not None
    assert session.report.conflicts.decision[0] == DecisionState.ACCEPTED
    session.close()
    again = Session.opened(saved)
    assert again.report is not None
    assert not again.is_report_stale
    assert again.report.conflicts.decision_reason[0] == "old wall"
    again.document.apply(msg("Step"), retitled(again.state, "edited"))
    assert again.is_report_stale
    again.decide(1, DecisionState.ASSIGNED, reason="", author="Li", made_at="2026-01-01")
    assert again.is_report_stale, "a decision does not make an old report new"
    again.close()


def test_undoing_a_decision_takes_it_off_the_report(saved: Path) -> None:
    session = Session.opened(saved)
    session.accept_report(report_of(session.state))
    session.decide(0, DecisionState.ACCEPTED, reason="old wall", author="Li", made_at="2026-01-01")
    session.document.undo()
    assert session.report is not None
    assert session.report.conflicts.decision[0] == DecisionState.OPEN
    assert not session.is_report_stale
    session.close()


def test_a_failed_opening_lets_go_of_the_lock(tmp_path: Path) -> None:
    (tmp_path / "p.gpkg").write_bytes(b"nothing of ours")
    with pytest.raises(ProjectError):
        Session.opened(tmp_path / "p.gpkg")
    assert not lock.lock_path(tmp_path / "p.gpkg").exists()


def test_discarding_ends_the_journal(saved: Path) -> None:
    session = Session.opened(saved)
    session.apply(msg("Step"), retitled(session.state, "edited"))
    session.discard()
    assert_same_state(open_project(saved), any_state())


def test_a_new_project_asks_for_a_name_before_saving(tmp_path: Path) -> None:
    session = Session.new(ProjectMeta(title="new"))
    with pytest.raises(UsageError, match="no file yet"):
        session.save()
    session.save(tmp_path / "new.gpkg")
    session.close()
    assert open_project(tmp_path / "new.gpkg").meta.title == "new"
