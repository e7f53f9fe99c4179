import django.db.models.deletion
import protocols.models.fixed
import protocols.models.protocol
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Source",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=60, unique=True)),
                ("title_fr", models.CharField(max_length=250)),
                ("title_en", models.CharField(blank=True, max_length=250)),
                ("address", models.CharField(blank=True, max_length=400)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("user_page", "Patient information page"),
                            ("trial", "Trial or review"),
                            ("clinician", "Clinician's page"),
                            ("official", "Official or learned body"),
                            ("vendor", "Vendor or press"),
                            ("ours", "Our choice"),
                        ],
                        max_length=20,
                    ),
                ),
            ],
            options={
                "ordering": ["code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                ["user_page", "trial", "clinician", "official", "vendor", "ours"],
                            )
                        ),
                        name="protocols_source_kind_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Indication",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=60, unique=True)),
                ("name_fr", models.CharField(max_length=200)),
                ("name_en", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "ordering": ["name_fr"],
                "abstract": False,
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="Zone",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=60, unique=True)),
                ("name_fr", models.CharField(max_length=200)),
                ("name_en", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "ordering": ["name_fr"],
                "abstract": False,
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="Contraindication",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=60, unique=True)),
                ("name_fr", models.CharField(max_length=200)),
                ("name_en", models.CharField(blank=True, max_length=200)),
                (
                    "severity",
                    models.CharField(
                        choices=[
                            ("blocking", "Blocking until a practitioner clears it"),
                            ("warning", "Warning"),
                        ],
                        max_length=10,
                    ),
                ),
                ("question_fr", models.CharField(max_length=300)),
                ("question_en", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "ordering": ["name_fr"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("severity__in", ["blocking", "warning"])),
                        name="protocols_contraindication_severity_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Product",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=60, unique=True)),
                ("name_fr", models.CharField(max_length=200)),
                ("name_en", models.CharField(blank=True, max_length=200)),
                (
                    "regulatory_status",
                    models.CharField(
                        choices=[
                            ("amm", "Medicine with a marketing authorisation"),
                            ("device", "Medical device"),
                            ("cosmetic", "Cosmetic"),
                            ("blood", "Prepared from the patient's own blood"),
                            ("unknown", "To be stated by the practitioner"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "performer_qualification",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("physician", "Physician"),
                            ("dental_surgeon", "Dental surgeon"),
                            ("nurse", "Nurse"),
                            ("laser_operator", "Laser operator"),
                        ],
                        max_length=20,
                    ),
                ),
            ],
            options={
                "ordering": ["name_fr"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "regulatory_status__in",
                                ["amm", "device", "cosmetic", "blood", "unknown"],
                            )
                        ),
                        name="protocols_product_regulatory_status_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ResourceKind",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=60, unique=True)),
                ("name_fr", models.CharField(max_length=200)),
                ("name_en", models.CharField(blank=True, max_length=200)),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("practitioner", "Practitioner"),
                            ("room", "Room"),
                            ("device", "Device"),
                        ],
                        max_length=20,
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "ordering": ["position", "code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("category__in", ["practitioner", "room", "device"])),
                        name="protocols_resourcekind_category_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Protocol",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("slug", models.SlugField(max_length=60)),
                ("version", models.PositiveSmallIntegerField(default=1)),
                (
                    "status",
                    models.CharField(
                        choices=[("draft", "Draft"), ("active", "In use"), ("retired", "Retired")],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("name_fr", models.CharField(max_length=120)),
                ("name_en", models.CharField(blank=True, max_length=120)),
                ("summary_fr", models.TextField()),
                ("summary_en", models.TextField(blank=True)),
                (
                    "performers",
                    models.JSONField(
                        default=protocols.models.protocol.default_performers,
                        validators=[protocols.models.protocol.validate_performers],
                    ),
                ),
                ("reflection_days", models.PositiveSmallIntegerField(default=0)),
                ("season_from_month", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("season_until_month", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("sessions_min", models.PositiveSmallIntegerField(default=1)),
                ("sessions_max", models.PositiveSmallIntegerField(default=1)),
                (
                    "on_missed",
                    models.CharField(
                        choices=[
                            ("carry_on", "Carry on with the series"),
                            ("add_session", "Add a session"),
                            ("restart_phase", "Restart the phase"),
                            ("ask_practitioner", "Ask the practitioner"),
                        ],
                        default="ask_practitioner",
                        max_length=20,
                    ),
                ),
                ("content_hash", models.CharField(blank=True, editable=False, max_length=64)),
                ("published_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("drafted_by", models.CharField(blank=True, editable=False, max_length=200)),
                ("published_by", models.CharField(blank=True, editable=False, max_length=200)),
                ("retired_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("retired_by", models.CharField(blank=True, editable=False, max_length=200)),
            ],
            options={
                "ordering": ["slug", "-version"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("slug", "version"), name="protocols_protocol_version_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "active")),
                        fields=("slug",),
                        name="protocols_protocol_one_active",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "draft")),
                        fields=("slug",),
                        name="protocols_protocol_one_draft",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("version__gte", 1)),
                        name="protocols_protocol_version_from_1",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["draft", "active", "retired"])),
                        name="protocols_protocol_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("published_at__isnull", True),
                                ("published_by", ""),
                                ("status", "draft"),
                            ),
                            models.Q(
                                models.Q(("status", "draft"), _negated=True),
                                ("published_at__isnull", False),
                                models.Q(("published_by", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="protocols_protocol_published_unless_draft",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("retired_at__isnull", False),
                                ("status", "retired"),
                                models.Q(("retired_by", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("status", "retired"), _negated=True),
                                ("retired_at__isnull", True),
                                ("retired_by", ""),
                            ),
                            _connector="OR",
                        ),
                        name="protocols_protocol_retired_at_by_whom",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "on_missed__in",
                                ["carry_on", "add_session", "restart_phase", "ask_practitioner"],
                            )
                        ),
                        name="protocols_protocol_on_missed_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("performers", []), _negated=True),
                        name="protocols_protocol_somebody_performs",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("sessions_max__gte", models.F("sessions_min")),
                            ("sessions_min__gte", 1),
                        ),
                        name="protocols_protocol_sessions_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("season_from_month__isnull", True),
                                ("season_until_month__isnull", True),
                            ),
                            models.Q(
                                ("season_from_month__gte", 1),
                                ("season_from_month__isnull", False),
                                ("season_from_month__lte", 12),
                                ("season_until_month__gte", 1),
                                ("season_until_month__isnull", False),
                                ("season_until_month__lte", 12),
                            ),
                            _connector="OR",
                        ),
                        name="protocols_protocol_season_whole_or_none",
                    ),
                    protocols.models.fixed.PublishedIsFixed(
                        fields=(
                            "id",
                            "slug",
                            "version",
                            "name_fr",
                            "name_en",
                            "summary_fr",
                            "summary_en",
                            "performers",
                            "reflection_days",
                            "season_from_month",
                            "season_until_month",
                            "sessions_min",
                            "sessions_max",
                            "on_missed",
                            "content_hash",
                            "drafted_by",
                            "published_at",
                            "published_by",
                        ),
                        name="protocols_protocol_fixed",
                    ),
                    protocols.models.fixed.PublishedStays(name="protocols_protocol_stays"),
                    protocols.models.fixed.NotReplaced(name="protocols_protocol_not_replaced"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProtocolIndication",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="protocols.source",
                    ),
                ),
                ("locator", models.CharField(blank=True, max_length=60)),
                (
                    "protocol",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="indication_links",
                        to="protocols.protocol",
                    ),
                ),
                (
                    "indication",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="protocols.indication",
                    ),
                ),
            ],
            options={
                "ordering": ["protocol", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("protocol", "indication"), name="protocols_protocolindication_once"
                    ),
                    protocols.models.fixed.FixedWithProtocol(
                        name="protocols_protocolindication_fixed", path=("protocol",)
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProtocolZone",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="protocols.source",
                    ),
                ),
                ("locator", models.CharField(blank=True, max_length=60)),
                (
                    "protocol",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="zone_links",
                        to="protocols.protocol",
                    ),
                ),
                (
                    "zone",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="protocols.zone",
                    ),
                ),
            ],
            options={
                "ordering": ["protocol", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("protocol", "zone"), name="protocols_protocolzone_once"
                    ),
                    protocols.models.fixed.FixedWithProtocol(
                        name="protocols_protocolzone_fixed", path=("protocol",)
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProtocolProduct",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="protocols.source",
                    ),
                ),
                ("locator", models.CharField(blank=True, max_length=60)),
                (
                    "protocol",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="product_links",
                        to="protocols.protocol",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="protocols.product",
                    ),
                ),
            ],
            options={
                "ordering": ["protocol", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("protocol", "product"), name="protocols_protocolproduct_once"
                    ),
                    protocols.models.fixed.FixedWithProtocol(
                        name="protocols_protocolproduct_fixed", path=("protocol",)
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProtocolContraindication",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="protocols.source",
                    ),
                ),
                ("locator", models.CharField(blank=True, max_length=60)),
                (
                    "protocol",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="contraindication_links",
                        to="protocols.protocol",
                    ),
                ),
                (
                    "contraindication",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="protocols.contraindication",
                    ),
                ),
                (
                    "severity",
                    models.CharField(
                        choices=[
                            ("blocking", "Blocking until a practitioner clears it"),
                            ("warning", "Warning"),
                        ],
                        max_length=10,
                    ),
                ),
            ],
            options={
                "ordering": ["protocol", "severity", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("protocol", "contraindication"),
                        name="protocols_protocolcontraindication_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("severity__in", ["blocking", "warning"])),
                        name="protocols_protocolcontraindication_severity_known",
                    ),
                    protocols.models.fixed.FixedWithProtocol(
                        name="protocols_protocolcontraindication_fixed", path=("protocol",)
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Phase",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="protocols.source",
                    ),
                ),
                ("locator", models.CharField(blank=True, max_length=60)),
                (
                    "protocol",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="phases",
                        to="protocols.protocol",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("attack", "Attack phase"),
                            ("consolidation", "Consolidation"),
                            ("maintenance", "Maintenance"),
                        ],
                        max_length=20,
                    ),
                ),
                ("open_ended", models.BooleanField(default=False)),
                ("note_fr", models.CharField(blank=True, max_length=300)),
                ("note_en", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "ordering": ["protocol", "position"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("protocol", "position"), name="protocols_phase_position_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["attack", "consolidation", "maintenance"])
                        ),
                        name="protocols_phase_kind_known",
                    ),
                    protocols.models.fixed.FixedWithProtocol(
                        name="protocols_phase_fixed", path=("protocol",)
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Step",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="protocols.source",
                    ),
                ),
                ("locator", models.CharField(blank=True, max_length=60)),
                (
                    "protocol",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="protocols.protocol",
                    ),
                ),
                (
                    "phase",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="protocols.phase",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("gap_min", models.CharField(blank=True, max_length=8, null=True)),
                ("gap_ideal", models.CharField(blank=True, max_length=8, null=True)),
                ("gap_max", models.CharField(blank=True, max_length=8, null=True)),
                (
                    "our_part",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("ideal", "The source gives the range; the ideal in it is our choice"),
                            (
                                "window",
                                "The source gives one figure; about a day either side per week is our choice",
                            ),
                            ("gap", "The whole gap is our choice"),
                        ],
                        max_length=10,
                    ),
                ),
                ("note_fr", models.CharField(blank=True, max_length=300)),
                ("note_en", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "ordering": ["protocol", "number"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("protocol", "number"), name="protocols_step_number_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("number__gte", 1)), name="protocols_step_number_from_1"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("gap_ideal__isnull", False),
                                ("gap_max__isnull", False),
                                ("gap_min__isnull", False),
                            ),
                            models.Q(
                                ("gap_ideal__isnull", True),
                                ("gap_max__isnull", True),
                                ("gap_min__isnull", True),
                                ("number", 1),
                            ),
                            _connector="OR",
                        ),
                        name="protocols_step_gap_whole_or_first",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("our_part__in", ["", "ideal", "window", "gap"])),
                        name="protocols_step_our_part_known",
                    ),
                    protocols.models.fixed.FixedWithProtocol(
                        name="protocols_step_fixed", path=("protocol",)
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Segment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="protocols.source",
                    ),
                ),
                ("locator", models.CharField(blank=True, max_length=60)),
                (
                    "step",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="segments",
                        to="protocols.step",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("name_fr", models.CharField(max_length=120)),
                ("name_en", models.CharField(blank=True, max_length=120)),
                ("minutes", models.PositiveSmallIntegerField()),
            ],
            options={
                "ordering": ["step", "position"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("step", "position"), name="protocols_segment_position_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("minutes__gte", 1), ("minutes__lte", 1440)),
                        name="protocols_segment_minutes_within_a_day",
                    ),
                    protocols.models.fixed.FixedWithProtocol(
                        name="protocols_segment_fixed", path=("step", "protocol")
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SegmentNeed",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "segment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="need_links",
                        to="protocols.segment",
                    ),
                ),
                (
                    "kind",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="protocols.resourcekind",
                    ),
                ),
            ],
            options={
                "ordering": ["kind__position", "kind__code"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("segment", "kind"), name="protocols_segmentneed_once"
                    ),
                    protocols.models.fixed.FixedWithProtocol(
                        name="protocols_segmentneed_fixed", path=("segment", "step", "protocol")
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CareInstruction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="protocols.source",
                    ),
                ),
                ("locator", models.CharField(blank=True, max_length=60)),
                (
                    "topic",
                    models.CharField(
                        choices=[
                            ("sessions", "Number of sessions"),
                            ("spacing", "Spacing"),
                            ("maintenance", "Maintenance"),
                            ("visit", "Visit"),
                            ("missed", "Missed window"),
                            ("reevaluation", "Review"),
                            ("performers", "Who may perform it"),
                            ("products", "Products"),
                            ("medicines", "Medicines"),
                            ("make_up", "Make-up"),
                            ("sport", "Sport"),
                            ("heat", "Heat and pool"),
                            ("cold", "Cold"),
                            ("sun", "Sun"),
                            ("skin_care", "Skin care"),
                            ("hair", "Hair"),
                            ("redness", "Redness"),
                            ("swelling", "Swelling"),
                            ("papules", "Papules"),
                            ("bruise", "Bruise"),
                            ("tingling", "Tingling, warmth, tightness"),
                            ("pain", "Pain"),
                            ("nodule", "Nodule"),
                            ("infection", "Infection"),
                            ("allergy", "Allergy"),
                            ("breast_feeding", "Breast-feeding"),
                            ("evidence", "Evidence"),
                            ("cover", "Reimbursement"),
                            ("season", "Season"),
                        ],
                        max_length=20,
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("text_fr", models.TextField()),
                ("text_en", models.TextField(blank=True)),
                (
                    "protocol",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="care_instructions",
                        to="protocols.protocol",
                    ),
                ),
                (
                    "phase",
                    models.CharField(
                        choices=[("before", "Before"), ("after", "After")], max_length=10
                    ),
                ),
                ("hours_from", models.SmallIntegerField(blank=True, null=True)),
                ("hours_until", models.SmallIntegerField(blank=True, null=True)),
            ],
            options={
                "ordering": ["protocol", "position", "pk"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("hours_from__isnull", True),
                            ("hours_until__isnull", True),
                            ("hours_from__lte", models.F("hours_until")),
                            _connector="OR",
                        ),
                        name="protocols_careinstruction_hours_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("phase", "before"),
                                models.Q(
                                    ("hours_from__isnull", True),
                                    ("hours_from__lte", 0),
                                    _connector="OR",
                                ),
                                models.Q(
                                    ("hours_until__isnull", True),
                                    ("hours_until__lte", 0),
                                    _connector="OR",
                                ),
                            ),
                            models.Q(
                                ("phase", "after"),
                                models.Q(
                                    ("hours_from__isnull", True),
                                    ("hours_from__gte", 0),
                                    _connector="OR",
                                ),
                                models.Q(
                                    ("hours_until__isnull", True),
                                    ("hours_until__gte", 0),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="protocols_careinstruction_hours_on_their_side",
                    ),
                    protocols.models.fixed.FixedWithProtocol(
                        name="protocols_careinstruction_fixed", path=("protocol",)
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ExpectedReaction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="protocols.source",
                    ),
                ),
                ("locator", models.CharField(blank=True, max_length=60)),
                (
                    "topic",
                    models.CharField(
                        choices=[
                            ("sessions", "Number of sessions"),
                            ("spacing", "Spacing"),
                            ("maintenance", "Maintenance"),
                            ("visit", "Visit"),
                            ("missed", "Missed window"),
                            ("reevaluation", "Review"),
                            ("performers", "Who may perform it"),
                            ("products", "Products"),
                            ("medicines", "Medicines"),
                            ("make_up", "Make-up"),
                            ("sport", "Sport"),
                            ("heat", "Heat and pool"),
                            ("cold", "Cold"),
                            ("sun", "Sun"),
                            ("skin_care", "Skin care"),
                            ("hair", "Hair"),
                            ("redness", "Redness"),
                            ("swelling", "Swelling"),
                            ("papules", "Papules"),
                            ("bruise", "Bruise"),
                            ("tingling", "Tingling, warmth, tightness"),
                            ("pain", "Pain"),
                            ("nodule", "Nodule"),
                            ("infection", "Infection"),
                            ("allergy", "Allergy"),
                            ("breast_feeding", "Breast-feeding"),
                            ("evidence", "Evidence"),
                            ("cover", "Reimbursement"),
                            ("season", "Season"),
                        ],
                        max_length=20,
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("text_fr", models.TextField()),
                ("text_en", models.TextField(blank=True)),
                (
                    "protocol",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="expected_reactions",
                        to="protocols.protocol",
                    ),
                ),
                ("hours_min", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("hours_max", models.PositiveSmallIntegerField(blank=True, null=True)),
            ],
            options={
                "ordering": ["protocol", "position", "pk"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("hours_min__isnull", True),
                            ("hours_max__isnull", True),
                            ("hours_min__lte", models.F("hours_max")),
                            _connector="OR",
                        ),
                        name="protocols_expectedreaction_hours_in_order",
                    ),
                    protocols.models.fixed.FixedWithProtocol(
                        name="protocols_expectedreaction_fixed", path=("protocol",)
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AlertSign",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="protocols.source",
                    ),
                ),
                ("locator", models.CharField(blank=True, max_length=60)),
                (
                    "topic",
                    models.CharField(
                        choices=[
                            ("sessions", "Number of sessions"),
                            ("spacing", "Spacing"),
                            ("maintenance", "Maintenance"),
                            ("visit", "Visit"),
                            ("missed", "Missed window"),
                            ("reevaluation", "Review"),
                            ("performers", "Who may perform it"),
                            ("products", "Products"),
                            ("medicines", "Medicines"),
                            ("make_up", "Make-up"),
                            ("sport", "Sport"),
                            ("heat", "Heat and pool"),
                            ("cold", "Cold"),
                            ("sun", "Sun"),
                            ("skin_care", "Skin care"),
                            ("hair", "Hair"),
                            ("redness", "Redness"),
                            ("swelling", "Swelling"),
                            ("papules", "Papules"),
                            ("bruise", "Bruise"),
                            ("tingling", "Tingling, warmth, tightness"),
                            ("pain", "Pain"),
                            ("nodule", "Nodule"),
                            ("infection", "Infection"),
                            ("allergy", "Allergy"),
                            ("breast_feeding", "Breast-feeding"),
                            ("evidence", "Evidence"),
                            ("cover", "Reimbursement"),
                            ("season", "Season"),
                        ],
                        max_length=20,
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("text_fr", models.TextField()),
                ("text_en", models.TextField(blank=True)),
                (
                    "protocol",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="alert_signs",
                        to="protocols.protocol",
                    ),
                ),
                (
                    "urgency",
                    models.CharField(
                        choices=[
                            ("emergency", "Call the emergency services"),
                            ("urgent", "See a doctor without delay"),
                            ("practitioner", "See your practitioner"),
                            ("check", "Have it checked"),
                        ],
                        max_length=20,
                    ),
                ),
                ("after_hours", models.PositiveSmallIntegerField(blank=True, null=True)),
            ],
            options={
                "ordering": ["protocol", "position", "pk"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("urgency__in", ["emergency", "urgent", "practitioner", "check"])
                        ),
                        name="protocols_alertsign_urgency_known",
                    ),
                    protocols.models.fixed.FixedWithProtocol(
                        name="protocols_alertsign_fixed", path=("protocol",)
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SourcedValue",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="protocols.source",
                    ),
                ),
                ("locator", models.CharField(blank=True, max_length=60)),
                (
                    "topic",
                    models.CharField(
                        choices=[
                            ("sessions", "Number of sessions"),
                            ("spacing", "Spacing"),
                            ("maintenance", "Maintenance"),
                            ("visit", "Visit"),
                            ("missed", "Missed window"),
                            ("reevaluation", "Review"),
                            ("performers", "Who may perform it"),
                            ("products", "Products"),
                            ("medicines", "Medicines"),
                            ("make_up", "Make-up"),
                            ("sport", "Sport"),
                            ("heat", "Heat and pool"),
                            ("cold", "Cold"),
                            ("sun", "Sun"),
                            ("skin_care", "Skin care"),
                            ("hair", "Hair"),
                            ("redness", "Redness"),
                            ("swelling", "Swelling"),
                            ("papules", "Papules"),
                            ("bruise", "Bruise"),
                            ("tingling", "Tingling, warmth, tightness"),
                            ("pain", "Pain"),
                            ("nodule", "Nodule"),
                            ("infection", "Infection"),
                            ("allergy", "Allergy"),
                            ("breast_feeding", "Breast-feeding"),
                            ("evidence", "Evidence"),
                            ("cover", "Reimbursement"),
                            ("season", "Season"),
                        ],
                        max_length=20,
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("text_fr", models.TextField()),
                ("text_en", models.TextField(blank=True)),
                (
                    "protocol",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sourced_values",
                        to="protocols.protocol",
                    ),
                ),
                ("is_default", models.BooleanField(default=False)),
                ("why_fr", models.CharField(blank=True, max_length=300)),
                ("why_en", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "ordering": ["protocol", "position", "pk"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_default", True)),
                        fields=("protocol", "topic"),
                        name="protocols_sourcedvalue_one_default",
                    ),
                    protocols.models.fixed.FixedWithProtocol(
                        name="protocols_sourcedvalue_fixed", path=("protocol",)
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="protocol",
            name="indications",
            field=models.ManyToManyField(
                related_name="protocols",
                through="protocols.ProtocolIndication",
                to="protocols.indication",
            ),
        ),
        migrations.AddField(
            model_name="protocol",
            name="zones",
            field=models.ManyToManyField(
                related_name="protocols", through="protocols.ProtocolZone", to="protocols.zone"
            ),
        ),
        migrations.AddField(
            model_name="protocol",
            name="products",
            field=models.ManyToManyField(
                related_name="protocols",
                through="protocols.ProtocolProduct",
                to="protocols.product",
            ),
        ),
        migrations.AddField(
            model_name="protocol",
            name="contraindications",
            field=models.ManyToManyField(
                related_name="protocols",
                through="protocols.ProtocolContraindication",
                to="protocols.contraindication",
            ),
        ),
        migrations.AddField(
            model_name="segment",
            name="needs",
            field=models.ManyToManyField(
                related_name="+", through="protocols.SegmentNeed", to="protocols.resourcekind"
            ),
        ),
    ]
