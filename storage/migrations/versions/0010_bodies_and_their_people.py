"""Bodies with kind, initials and other names; offices; who waits for a place; whom a change of people is about."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("body", schema=None) as batch_op:
        batch_op.add_column(sa.Column("full_name", sa.String(length=300), server_default="", nullable=False))
        batch_op.add_column(sa.Column("initials", sa.String(length=32), server_default="", nullable=False))
        batch_op.add_column(sa.Column("kind", sa.String(length=16), nullable=True))
        batch_op.add_column(sa.Column("parent", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("merged_into", sa.Integer(), nullable=True))
        for name in ("parent", "merged_into"):
            batch_op.create_foreign_key(batch_op.f(f"fk_body_{name}"), "body", [name], ["id"])
            batch_op.create_index(batch_op.f(f"ix_body_{name}"), [name], unique=False)

    op.create_table(
        "body_alias",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["body"], ["body.id"], name=op.f("fk_body_alias_body"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_body_alias")),
        sa.UniqueConstraint("tenant", "name", name=op.f("uq_body_alias_tenant_name")),
    )
    with op.batch_alter_table("body_alias", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_body_alias_body"), ["body"], unique=False)

    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.add_column(sa.Column("office", sa.String(length=16), server_default="member", nullable=False))

    with op.batch_alter_table("member", schema=None) as batch_op:
        batch_op.add_column(sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=True))
    # Whoever wrote before this version was a reader whom nobody had been told of.
    op.execute("UPDATE member SET waiting_since = CURRENT_TIMESTAMP WHERE role = 'reader' AND entra_id IS NOT NULL")

    # Not as a batch: SQLite would make the table anew, without the guards that hang on it.
    for name, table in (("person", "member"), ("body", "body")):
        reference = sa.ForeignKey(f"{table}.id", name=f"fk_event_{name}")
        op.add_column("event", sa.Column(name, sa.Integer(), reference, nullable=True), inline_references=True)
        op.create_index(op.f(f"ix_event_{name}"), "event", [name])


def downgrade() -> None:
    with op.batch_alter_table("event", schema=None) as batch_op:
        for name in ("body", "person"):
            batch_op.drop_index(batch_op.f(f"ix_event_{name}"))
            batch_op.drop_column(name)
    with op.batch_alter_table("member", schema=None) as batch_op:
        batch_op.drop_column("waiting_since")
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.drop_column("office")
    op.drop_table("body_alias")
    with op.batch_alter_table("body", schema=None) as batch_op:
        for name in ("merged_into", "parent"):
            batch_op.drop_index(batch_op.f(f"ix_body_{name}"))
            batch_op.drop_constraint(batch_op.f(f"fk_body_{name}"), type_="foreignkey")
        for name in ("merged_into", "parent", "kind", "initials", "full_name"):
            batch_op.drop_column(name)
