import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('mailroom', '0011_staff_notices'),
        ('people', '0001_initial'),
        ('desk', '0009_parked_by'),  # whose tickets name what is renamed here
    ]

    operations = [
        migrations.RemoveConstraint('Mailbox', 'one_default'),
        migrations.RemoveConstraint('ArrivalHour', 'arrival_hour_once'),
        migrations.RemoveIndex('InboundItem', 'inbound_arrivals'),
        migrations.RemoveIndex('Delivery', 'delivery_queued'),
        migrations.RenameModel('Mailbox', 'Account'),
        migrations.RenameField('ArrivalHour', 'mailbox', 'account'),
        migrations.RenameField('InboundItem', 'mailbox', 'account'),
        *[
            migrations.RemoveField('Account', name)
            for name in (
                'signed_replies', 'imap_url', 'imap_password', 'imap_oauth', 'uid_validity', 'last_uid',
                'numbering', 'afterwards', 'move_to', 'afterwards_since', 'untidied', 'tidy_error',
                'compared_at', 'comparison',
            )
        ],
        migrations.AddField(
            'Account', 'channel', models.CharField(max_length=20, default='email'), preserve_default=False
        ),
        migrations.AlterField('Account', 'address', models.CharField(max_length=320, blank=True)),
        migrations.AddField('Account', 'folded', models.CharField(max_length=320, blank=True)),
        migrations.RunSQL(
            'UPDATE mailroom_account SET folded = lower(address)', migrations.RunSQL.noop, elidable=True
        ),
        migrations.AddField('Account', 'is_enabled', models.BooleanField(default=True)),
        migrations.AddField('Account', 'settings', models.JSONField(default=dict)),
        migrations.AddField('Account', 'secrets', models.BinaryField(null=True)),
        migrations.AddField('Account', 'state', models.JSONField(default=dict)),
        migrations.AddField('Account', 'version', models.PositiveIntegerField(default=1)),
        migrations.AddConstraint(
            'Account', models.UniqueConstraint(fields=['channel', 'folded'], name='account_once')
        ),
        migrations.AddConstraint(
            'Account',
            models.UniqueConstraint(
                fields=['channel'], condition=models.Q(is_default=True), name='one_default'
            ),
        ),
        migrations.AddConstraint(
            'ArrivalHour', models.UniqueConstraint(fields=['account', 'hour'], name='arrival_hour_once')
        ),
        migrations.AddIndex(
            'InboundItem', models.Index(fields=['account', 'received_at'], name='inbound_arrivals')
        ),
        migrations.AddField(
            'Delivery',
            'account',
            models.ForeignKey(
                null=True, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='mailroom.account'
            ),
        ),
        migrations.RunSQL(
            'UPDATE mailroom_delivery SET account_id = (SELECT id FROM mailroom_account WHERE is_default)',
            migrations.RunSQL.noop,
            elidable=True,
        ),
        migrations.RunSQL(
            'SET CONSTRAINTS ALL IMMEDIATE', migrations.RunSQL.noop, elidable=True
        ),
        migrations.AlterField(
            'Delivery',
            'account',
            models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, to='mailroom.account'
            ),
        ),
        migrations.AddIndex(
            'Delivery',
            models.Index(
                fields=['account', '-urgency', 'id'],
                condition=models.Q(state='queued'),
                name='delivery_queued',
            ),
        ),
    ]
