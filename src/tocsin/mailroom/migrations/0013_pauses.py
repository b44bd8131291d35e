from django.db import migrations, models

import tocsin.kernel.fields


class Migration(migrations.Migration):

    dependencies = [
        ('mailroom', '0012_accounts'),
    ]

    operations = [
        migrations.AddField('Account', 'paused_until', models.DateTimeField(null=True)),
        migrations.AddField('Account', 'pause_reason', tocsin.kernel.fields.ReasonField()),
        migrations.AlterField(
            model_name='delivery',
            name='state',
            field=models.CharField(choices=[('queued', 'Waiting'), ('deferred', 'Waiting for another try'), ('sent', 'Sent'), ('delivered', 'Delivered'), ('complained', 'Called spam by its reader'), ('failed', 'Failed'), ('rehearsed', 'Rehearsed, not sent'), ('bounced', 'Bounced')], default='queued', max_length=10),
        ),
    ]
