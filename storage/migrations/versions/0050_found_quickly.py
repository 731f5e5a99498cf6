"""What is due, what is late and what is discreet is found without looking at everything else."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_action_tenant_status_end", "action", ["tenant", "status", "end"])
    op.create_index(
        "ix_action_discreet",
        "action",
        ["tenant", "ref"],
        sqlite_where=sa.text("discreet = 1"),
        postgresql_where=sa.text("discreet"),
    )
    op.drop_index("ix_action_tenant_status", "action")


def downgrade() -> None:
    op.create_index("ix_action_tenant_status", "action", ["tenant", "status"])
    op.drop_index("ix_action_discreet", "action")
    op.drop_index("ix_action_tenant_status_end", "action")
