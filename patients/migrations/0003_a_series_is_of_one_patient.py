from django.db import migrations

import protocols.database


class Migration(migrations.Migration):
    dependencies = [
        ("patients", "0002_records"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="series",
            constraint=protocols.database.FixedColumns(
                fields=("patient", "protocol"), name="patients_series_whose_is_fixed"
            ),
        ),
        migrations.AddConstraint(
            model_name="series",
            constraint=protocols.database.NeverDeleted(
                keys=("id", "public_id"), name="patients_series_never_deleted"
            ),
        ),
    ]
