"""What was changed together, how often a deadline was moved, what was heard a moment ago; and guards of the record."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0021"
branch_labels = None
depends_on = None

# Actions are abandoned, not deleted, so that no reference is used twice; what the record says happened stays so.
# (Words in it may still be replaced, where a person is to be forgotten.)
GUARDS = (
    ("action_stays", "action", "DELETE", "an action is never deleted"),
    ("reference_stays", "action", "UPDATE OF ref, plan, number", "a reference is given once"),
    ("event_stays", "event", "DELETE", "the record is only added to"),
    ("event_is_kept", "event", "UPDATE OF action, kind, at, through, undoes, batch", "the record is only added to"),
)


def upgrade() -> None:
    op.add_column("event", sa.Column("batch", sa.Integer(), nullable=True))
    op.create_index(op.f("ix_event_batch"), "event", ["batch"])
    op.add_column("action", sa.Column("extended", sa.Integer(), server_default="0", nullable=False))
    op.execute(
        "UPDATE action SET extended = (SELECT count(*) FROM event WHERE event.action = action.id"
        " AND event.kind = 'postponed' AND NOT EXISTS (SELECT 1 FROM event AS back WHERE back.undoes = event.id))"
    )
    op.add_column("notice", sa.Column("event", sa.Integer(), nullable=True))
    op.create_index(op.f("ix_notice_event"), "notice", ["event"])
    op.create_table(
        "heard",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("member", sa.Integer(), nullable=False),
        sa.Column("meaning", sa.String(length=64), nullable=False),
        sa.Column("again", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member"], ["member.id"], name=op.f("fk_heard_member"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_heard")),
    )
    op.create_index(op.f("ix_heard_member"), "heard", ["member"])
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for name, table, what, why in GUARDS:
        if is_sqlite:
            op.execute(f"CREATE TRIGGER {name} BEFORE {what} ON {table} BEGIN SELECT RAISE(ABORT, '{why}'); END")
        else:
            op.execute(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{why}'; END $$"
            )
            op.execute(f"CREATE TRIGGER {name} BEFORE {what} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def downgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for name, table, _, _ in GUARDS:
        op.execute(f"DROP TRIGGER {name}" if is_sqlite else f"DROP TRIGGER {name} ON {table}")
        if not is_sqlite:
            op.execute(f"DROP FUNCTION {name}()")
    op.drop_table("heard")
    op.drop_index(op.f("ix_notice_event"), "notice")
    op.drop_column("notice", "event")
    op.drop_column("action", "extended")
    op.drop_index(op.f("ix_event_batch"), "event")
    op.drop_column("event", "batch")
