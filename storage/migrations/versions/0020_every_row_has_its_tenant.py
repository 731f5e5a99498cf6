"""Every row says whose it is, those that hang on another too."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0002"
branch_labels = None
depends_on = None

# Each table, and the row it takes its tenant from.
CHILDREN = {
    "membership": "member",
    "action_body": "action",
    "action_member": "action",
    "action_indicator": "action",
    "measurement": "indicator",
    "doubt": "plan",
}


def upgrade() -> None:
    for table, parent in CHILDREN.items():
        op.add_column(table, sa.Column("tenant", sa.String(length=64), nullable=True))
        op.execute(
            f"UPDATE {table} SET tenant = (SELECT {parent}.tenant FROM {parent} WHERE {parent}.id = {table}.{parent})"
        )
        with op.batch_alter_table(table) as batch_op:
            batch_op.alter_column("tenant", existing_type=sa.String(length=64), nullable=False)


def downgrade() -> None:
    for table in CHILDREN:
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column("tenant")
