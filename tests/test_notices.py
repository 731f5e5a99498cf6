"""What people are to be told unasked: owed once, said once, withdrawn when it is moot."""

from datetime import UTC, datetime

from storage.database import Database
from storage.notices import list_owed, mark_said, owe_notice, withdraw_notice
from storage.people import find_member_by_email
from tests.databases import TENANT, TODAY

NOW = datetime(2026, 3, 18, 9, tzinfo=UTC)


def test_owed_once_with_the_newest_content_until_said(database: Database) -> None:
    with database.writing(TENANT) as writing:
        claire = find_member_by_email(writing, "claire.dumont@ecole.example", TODAY)
        assert claire is not None
        owe_notice(writing, claire.id, "to_confirm", "TI-12", {"who": "Karim"}, NOW)
        owe_notice(writing, claire.id, "to_confirm", "TI-12", {"who": "Sofie"}, NOW)
        owe_notice(writing, claire.id, "to_confirm", "TI-13", {}, NOW)
        owed = list_owed(writing, claire.id)
        assert [(one.subject, one.content) for one in owed] == [("TI-12", {"who": "Sofie"}), ("TI-13", {})]
        mark_said(writing, [owed[0].id], NOW)
        assert [one.subject for one in list_owed(writing, claire.id)] == ["TI-13"]
        owe_notice(writing, claire.id, "to_confirm", "TI-12", {"who": "Marc"}, NOW)
        assert [one.subject for one in list_owed(writing, claire.id)] == ["TI-13", "TI-12"]


def test_withdrawn_for_everybody_who_was_not_told(database: Database) -> None:
    with database.writing(TENANT) as writing:
        for email in ("claire.dumont@ecole.example", "anne.leroy@ecole.example"):
            member = find_member_by_email(writing, email, TODAY)
            assert member is not None
            owe_notice(writing, member.id, "to_confirm", "TI-12", {}, NOW)
            withdraw_notice(writing, "to_confirm", "TI-13")
            assert len(list_owed(writing, member.id)) == 1
        withdraw_notice(writing, "to_confirm", "TI-12")
        for email in ("claire.dumont@ecole.example", "anne.leroy@ecole.example"):
            member = find_member_by_email(writing, email, TODAY)
            assert member is not None
            assert not list_owed(writing, member.id)
    with database.reading("another") as reading:
        assert list_owed(reading, member.id) == []
