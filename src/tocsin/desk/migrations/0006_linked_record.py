from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('desk', '0005_address_in_lower_case'),
    ]

    operations = [
        migrations.RemoveIndex(model_name='ticket', name='ticket_matter'),
        migrations.RenameField(model_name='ticket', old_name='matter_ref', new_name='linked_ref'),
        migrations.RenameField(model_name='ticket', old_name='matter_label', new_name='linked_label'),
        migrations.RenameField(model_name='ticket', old_name='matter_reason', new_name='linked_reason'),
        migrations.RenameField(model_name='ticket', old_name='matter_news', new_name='linked_update'),
        migrations.RenameField(model_name='ticket', old_name='matter_declined', new_name='link_declined'),
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(fields=['linked_ref', '-activity_at', '-id'], condition=models.Q(('linked_ref', ''), _negated=True), name='ticket_linked'),
        ),
    ]
