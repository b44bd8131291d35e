

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('desk', '0003_message_defects'),
        ('mailroom', '0006_fewer_indexes'),
        ('people', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='message',
            name='author',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='message',
            name='once_key',
            field=models.CharField(max_length=120, null=True),
        ),
        migrations.AlterField(
            model_name='message',
            name='ticket',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='desk.ticket'),
        ),
        migrations.AlterField(
            model_name='ticket',
            name='assignee',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='tickets', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='ticket',
            name='customer',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tickets', to='people.customer'),
        ),
        migrations.AlterField(
            model_name='ticket',
            name='department',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='people.department'),
        ),
        migrations.AlterField(
            model_name='ticket',
            name='mailbox',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, to='mailroom.mailbox'),
        ),
        migrations.AlterField(
            model_name='ticket',
            name='ref',
            field=models.CharField(max_length=24),
        ),
        migrations.AlterField(
            model_name='ticket',
            name='requester',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='tickets', to='people.contact'),
        ),
        # The same index, told to gather new words: nothing has to be built anew.
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "ALTER INDEX message_search SET (fastupdate = on, gin_pending_list_limit = 512)",
                    "ALTER INDEX message_search SET (fastupdate = off)",
                ),
            ],
            state_operations=[
                migrations.RemoveIndex(model_name='message', name='message_search'),
                migrations.AddIndex(
                    model_name='message',
                    index=django.contrib.postgres.indexes.GinIndex(fields=['search'], gin_pending_list_limit=512, name='message_search'),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.UniqueConstraint(fields=('once_key',), name='message_once'),
        ),
        migrations.AddConstraint(
            model_name='ticket',
            constraint=models.UniqueConstraint(fields=('ref',), name='ticket_ref_once'),
        ),
    ]
