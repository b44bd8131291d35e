"""The log becomes one partitioned table, and what screens are replayed from one of its own.

Django can't declare partitions, so the log is made by SQL. It must stay SQL when migrations are squashed; a test
(`tests/kernel/test_log.py`) looks at the table.
"""

import django.contrib.postgres.fields
import django.db.models.expressions
import tocsin.kernel.fields
import tocsin.kernel.models
from django.db import migrations, models

MAKE_LOG = """
CREATE SEQUENCE kernel_logentry_id_seq;
CREATE TABLE kernel_logentry (
    id bigint NOT NULL DEFAULT nextval('kernel_logentry_id_seq'),
    name varchar(80) NOT NULL,
    subjects varchar(40)[] NOT NULL,
    actor varchar(80) NOT NULL,
    reason text NOT NULL,
    data jsonb NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);
ALTER SEQUENCE kernel_logentry_id_seq OWNED BY kernel_logentry.id;
CREATE INDEX log_subject ON kernel_logentry ((subjects[1]), id);
-- New entries are gathered and sorted in by the half megabyte; a look-up reads what is gathered, too.
CREATE INDEX log_subjects ON kernel_logentry USING gin (subjects) WITH (gin_pending_list_limit = 512);
CREATE TABLE kernel_logentry_default PARTITION OF kernel_logentry DEFAULT;
"""


class Migration(migrations.Migration):

    dependencies = [
        ("kernel", "0002_settings_by_scope"),
    ]

    operations = [
        migrations.DeleteModel(name="EventRow"),
        migrations.CreateModel(
            name="LiveUpdate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "xid",
                    tocsin.kernel.models.TransactionIdField(
                        db_default=django.db.models.expressions.RawSQL("pg_current_xact_id()", ()), editable=False
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                (
                    "topics",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), default=list, size=None
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
            options={"indexes": [models.Index(fields=["xid"], name="live_update_xid")]},
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(MAKE_LOG, "DROP TABLE kernel_logentry"),
            ],
            state_operations=[
                migrations.CreateModel(
                    name="LogEntry",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=80)),
                        (
                            "subjects",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=40), default=list, size=None
                            ),
                        ),
                        ("actor", models.CharField(max_length=80)),
                        ("reason", tocsin.kernel.fields.ReasonField()),
                        ("data", models.JSONField(default=dict)),
                        ("at", models.DateTimeField()),
                    ],
                ),
            ],
        ),
    ]
