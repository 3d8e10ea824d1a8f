"""The tables of people."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision, down_revision = "0004_people", "0003_communities"


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "organisation",
        sa.Column("single", sa.Boolean(), nullable=False),
        sa.Column("coordinator", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("mail", sa.String(), nullable=True),
        sa.Column("arrangements", sa.String(), nullable=True),
        sa.Column("known_gaps", sa.String(), nullable=True),
        sa.Column("reviewed_on", sa.Date(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("single", name=op.f("ck_organisation_single")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("single", name=op.f("uq_organisation_single")),
    )
    op.create_table(
        "people",
        sa.Column("first_name", sa.String(), nullable=False),
        sa.Column("last_name", sa.String(), nullable=False),
        sa.Column("gender", sa.String(), nullable=True),
        sa.Column("birth_year", sa.Integer(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("locale", sa.String(), nullable=True),
        sa.Column("timezone", sa.String(), nullable=True),
        sa.Column("safe_channel", sa.String(), nullable=True),
        sa.Column("safe_hours", sa.String(), nullable=True),
        sa.Column("may_leave_message", sa.Boolean(), nullable=False),
        sa.Column("neutral_sender", sa.Boolean(), nullable=False),
        sa.Column("employee_number", sa.String(), nullable=True),
        sa.Column("notes", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("gender in ('m', 'f')", name=op.f("ck_people_gender")),
        sa.CheckConstraint("state in ('active', 'left', 'erased')", name=op.f("ck_people_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
    )
    op.create_index("ix_people_email", "people", [sa.literal_column("lower(email)")], unique=False)
    op.create_index(op.f("ix_people_import_id"), "people", ["import_id"], unique=False)
    op.create_index("ix_people_phone", "people", ["phone"], unique=False)
    op.create_table(
        "staff_records",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("first_name", sa.String(), nullable=False),
        sa.Column("last_name", sa.String(), nullable=False),
        sa.Column("department", sa.String(), nullable=True),
        sa.Column("manager_number", sa.String(), nullable=True),
        sa.Column("work_email", sa.String(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_records")),
        sa.UniqueConstraint("number", name=op.f("uq_staff_records_number")),
    )
    op.create_table(
        "accounts",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("totp", sa.LargeBinary(), nullable=True),
        sa.Column("totp_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("totp_step", sa.Integer(), nullable=True),
        sa.Column("display", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_accounts_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("person_id", name=op.f("uq_accounts_person_id")),
    )
    op.create_table(
        "import_batches",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("community_id", sa.Uuid(), nullable=True),
        sa.Column("uploaded_by", sa.Uuid(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("sheet", sa.LargeBinary(), nullable=True),
        sa.Column("verdict", sa.LargeBinary(), nullable=True),
        sa.Column("mapping", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("let_in", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("notify", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind in ('people', 'staff')", name=op.f("ck_import_batches_kind")),
        sa.CheckConstraint(
            "state in ('uploaded', 'checking', 'checked', 'committing', 'committed', 'undoing', 'undone', 'expired')",
            name=op.f("ck_import_batches_state"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["communities.id"], name=op.f("fk_import_batches_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batches")),
    )
    op.create_index("ix_import_batches_community", "import_batches", ["community_id"], unique=False)
    op.create_table(
        "memberships",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("community_id", sa.Uuid(), nullable=True),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(community_id is null) = (role in ('administrator', 'sponsor'))", name=op.f("ck_memberships_place")
        ),
        sa.CheckConstraint(
            "role in ('administrator', 'sponsor', 'coordinator', 'advisor', 'mentor', 'participant')",
            name=op.f("ck_memberships_role"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["communities.id"], name=op.f("fk_memberships_community_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_memberships_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
    )
    op.create_index("ix_memberships_community", "memberships", ["community_id", "role"], unique=False)
    op.create_index("ix_memberships_person", "memberships", ["person_id"], unique=False)
    op.create_index(
        "uq_memberships_current",
        "memberships",
        ["person_id", "role", "community_id"],
        unique=True,
        postgresql_where=sa.text("until is null"),
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "profiles",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("languages", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("life_areas", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("skills", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("other_skills", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("experience", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("wanted_experience", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("unwanted_experience", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("interests", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("dislikes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("cultures", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("free_hours", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("mode", sa.String(), nullable=True),
        sa.Column("gender_preference", sa.String(), nullable=True),
        sa.Column("age_preference", sa.String(), nullable=True),
        sa.Column("locality", sa.String(), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("training_valid_until", sa.Date(), nullable=True),
        sa.Column("screened_at", sa.Date(), nullable=True),
        sa.CheckConstraint("capacity between 0 and 20", name=op.f("ck_profiles_capacity")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_profiles_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_profiles")),
    )
    op.create_table(
        "sessions",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("second_factor", sa.Boolean(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_sessions_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
    )
    op.create_index("ix_sessions_account", "sessions", ["account_id"], unique=False)
    op.create_table(
        "sign_in_tokens",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("spent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_sign_in_tokens_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_tokens_token_hash")),
    )
    op.create_index("ix_sign_in_tokens_account", "sign_in_tokens", ["account_id"], unique=False)
    op.create_table(
        "renewals",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("must", sa.String(), nullable=True),
        sa.Column("operators", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("link_hash", sa.LargeBinary(), nullable=True),
        sa.Column("totp", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "state in ('asked', 'agreed', 'done', 'refused', 'withdrawn', 'expired')", name=op.f("ck_renewals_state")
        ),
        sa.CheckConstraint("must in ('administrator', 'coordinator')", name=op.f("ck_renewals_must")),
        sa.CheckConstraint("operators between 0 and 2", name=op.f("ck_renewals_operators")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_renewals_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_renewals")),
        sa.UniqueConstraint("id", "person_id", name=op.f("uq_renewals_id_person_id")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_renewals_link_hash")),
    )
    op.create_index(
        "uq_renewals_open",
        "renewals",
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("state in ('asked', 'agreed')"),
    )
    op.create_table(
        "renewal_voices",
        sa.Column("renewal_id", sa.Uuid(), nullable=False),
        sa.Column("for_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("role in ('administrator', 'coordinator', 'operator')", name=op.f("ck_renewal_voices_role")),
        sa.CheckConstraint("by_id <> for_id", name=op.f("ck_renewal_voices_never_oneself")),
        sa.ForeignKeyConstraint(
            ["renewal_id", "for_id"], ["renewals.id", "renewals.person_id"], name=op.f("fk_renewal_voices_renewal_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_renewal_voices")),
        sa.UniqueConstraint("renewal_id", "by_id", name=op.f("uq_renewal_voices_renewal_id_by_id")),
    )
