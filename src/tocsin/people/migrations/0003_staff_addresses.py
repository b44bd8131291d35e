import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0002_codes_of_reasons'),
    ]

    operations = [
        migrations.CreateModel(
            name='StaffAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(max_length=20)),
                ('value', models.CharField(max_length=320)),
                ('folded', models.CharField(max_length=320)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('is_sign_in', models.BooleanField(default=False)),
                ('verified_at', models.DateTimeField(null=True)),
                ('code_digest', models.CharField(blank=True, max_length=64)),
                ('code_made_at', models.DateTimeField(null=True)),
                ('code_tries', models.PositiveSmallIntegerField(default=0)),
                ('staff', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='addresses', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('staff', 'channel', 'folded'), name='staff_address_once'), models.UniqueConstraint(condition=models.Q(('is_sign_in', True)), fields=('staff',), name='staff_address_sign_in')],
            },
        ),
        migrations.RunSQL(
            """
            INSERT INTO people_staffaddress (staff_id, channel, value, folded, position, is_sign_in, verified_at,
                code_digest, code_tries)
            SELECT id, 'email', email, lower(email), 0, true, now(), '', 0 FROM people_staff
            """,
            migrations.RunSQL.noop,
        ),
    ]
