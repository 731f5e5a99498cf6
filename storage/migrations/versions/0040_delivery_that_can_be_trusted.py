"""What a post is and how long it is worth sending; what people and channels chose to hear."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0080"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(length=16), server_default="completion", nullable=False))
        batch_op.add_column(sa.Column("subject", sa.String(length=200), server_default="", nullable=False))
        batch_op.add_column(sa.Column("recipient", sa.String(length=80), server_default="", nullable=False))
        batch_op.add_column(sa.Column("period", sa.String(length=32), server_default="", nullable=False))
        batch_op.add_column(sa.Column("reference", sa.String(length=16), server_default="", nullable=False))
        batch_op.add_column(sa.Column("parent", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("into", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("cause", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("made_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("worth_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("uncertain", sa.Integer(), server_default="0", nullable=False))
        batch_op.alter_column("event", existing_type=sa.Integer(), nullable=True)
    # What was owed before had a key of its own.
    op.execute("UPDATE outbox SET subject = key, recipient = 'conversation:' || conversation")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        for name, length in (("kind", 16), ("subject", 200), ("recipient", 80), ("period", 32), ("reference", 16)):
            batch_op.alter_column(name, existing_type=sa.String(length=length), server_default=None)
        batch_op.drop_constraint(batch_op.f("uq_outbox_tenant_key"), type_="unique")
        batch_op.drop_column("key")
        batch_op.create_foreign_key(batch_op.f("fk_outbox_parent"), "outbox", ["parent"], ["id"])
        batch_op.create_foreign_key(batch_op.f("fk_outbox_into"), "outbox", ["into"], ["id"])
        batch_op.create_foreign_key(batch_op.f("fk_outbox_cause"), "member", ["cause"], ["id"], ondelete="SET NULL")
        batch_op.create_index(batch_op.f("ix_outbox_parent"), ["parent"], unique=False)
        batch_op.create_index(batch_op.f("ix_outbox_into"), ["into"], unique=False)
        batch_op.create_index(batch_op.f("ix_outbox_cause"), ["cause"], unique=False)
        batch_op.create_unique_constraint(
            batch_op.f("uq_outbox_tenant_kind_subject_recipient_period"),
            ["tenant", "kind", "subject", "recipient", "period"],
        )

    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("member", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("zone", sa.String(length=64), server_default="", nullable=False))
        batch_op.add_column(sa.Column("rhythm", sa.String(length=8), server_default="at_once", nullable=False))
        batch_op.add_column(sa.Column("threads", sa.Boolean(), server_default=sa.true(), nullable=False))
        batch_op.add_column(sa.Column("story", sa.String(length=16), server_default="month", nullable=False))
        batch_op.add_column(sa.Column("digest", sa.String(length=8), server_default="never", nullable=False))
        batch_op.add_column(sa.Column("throttled_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_conversation_member"), "member", ["member"], ["id"], ondelete="SET NULL"
        )
        batch_op.create_index(batch_op.f("ix_conversation_member"), ["member"], unique=False)

    with op.batch_alter_table("member", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reminded", sa.Boolean(), server_default=sa.true(), nullable=False))
        batch_op.add_column(sa.Column("noticed_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("digest", sa.String(length=8), nullable=True))

    op.create_table(
        "sending",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("conversation", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation"], ["conversation.id"], name=op.f("fk_sending_conversation"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sending")),
    )
    with op.batch_alter_table("sending", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sending_conversation"), ["conversation"], unique=False)
        batch_op.create_index(batch_op.f("ix_sending_tenant_at"), ["tenant", "at"], unique=False)

    op.create_table(
        "reminder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("member", sa.Integer(), nullable=False),
        sa.Column("action", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["member"], ["member.id"], name=op.f("fk_reminder_member"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["action"], ["action.id"], name=op.f("fk_reminder_action"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
        sa.UniqueConstraint("member", "action", name=op.f("uq_reminder_member_action")),
    )
    with op.batch_alter_table("reminder", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reminder_member"), ["member"], unique=False)
        batch_op.create_index(batch_op.f("ix_reminder_action"), ["action"], unique=False)

    op.create_table(
        "said",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("member", sa.Integer(), nullable=False),
        sa.Column("action", sa.Integer(), nullable=False),
        sa.Column("milestone", sa.String(length=40), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("outbox", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["member"], ["member.id"], name=op.f("fk_said_member"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["action"], ["action.id"], name=op.f("fk_said_action"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["outbox"], ["outbox.id"], name=op.f("fk_said_outbox"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_said")),
    )
    with op.batch_alter_table("said", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_said_member"), ["member"], unique=False)
        batch_op.create_index(batch_op.f("ix_said_action"), ["action"], unique=False)
        batch_op.create_index(batch_op.f("ix_said_outbox"), ["outbox"], unique=False)


def downgrade() -> None:
    for table in ("said", "reminder", "sending"):
        op.drop_table(table)
    with op.batch_alter_table("member", schema=None) as batch_op:
        for column in ("digest", "noticed_on", "reminded"):
            batch_op.drop_column(column)
    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_conversation_member"))
        batch_op.drop_constraint(batch_op.f("fk_conversation_member"), type_="foreignkey")
        for column in ("throttled_until", "digest", "story", "threads", "rhythm", "zone", "member"):
            batch_op.drop_column(column)
    # Notices and digests have no event, and no place in the older table.
    op.execute("DELETE FROM outbox WHERE event IS NULL")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.add_column(sa.Column("key", sa.String(length=400), server_default="", nullable=False))
    op.execute("UPDATE outbox SET key = kind || ':' || id")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_outbox_tenant_kind_subject_recipient_period"), type_="unique")
        for name in ("parent", "into", "cause"):
            batch_op.drop_index(batch_op.f(f"ix_outbox_{name}"))
            batch_op.drop_constraint(batch_op.f(f"fk_outbox_{name}"), type_="foreignkey")
        batch_op.alter_column("event", existing_type=sa.Integer(), nullable=False)
        for column in (
            "kind", "subject", "recipient", "period", "reference", "parent", "into", "cause", "made_at", "sent_at",
            "worth_until", "uncertain",
        ):  # fmt: skip
            batch_op.drop_column(column)
        batch_op.create_unique_constraint(batch_op.f("uq_outbox_tenant_key"), ["tenant", "key"])
