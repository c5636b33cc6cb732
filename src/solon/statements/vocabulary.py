"""The words that the DSA Transparency Database takes, of its API version 2 (in force since 1 July 2025).

From its documentation, https://transparency.dsa.ec.europa.eu/page/api-documentation: a change there is a
change here.
"""

from __future__ import annotations

__all__ = ["LENGTHS", "MANY", "ONE", "REQUIRED", "VOCABULARY"]


def _words(prefix: str, text: str) -> tuple[str, ...]:
    return tuple(f"{prefix}_{word}" if prefix else word for word in text.split())


CATEGORIES = _words(
    "STATEMENT_CATEGORY",
    """ANIMAL_WELFARE CONSUMER_INFORMATION CYBER_VIOLENCE CYBER_VIOLENCE_AGAINST_WOMEN
    DATA_PROTECTION_AND_PRIVACY_VIOLATIONS ILLEGAL_OR_HARMFUL_SPEECH INTELLECTUAL_PROPERTY_INFRINGEMENTS
    NEGATIVE_EFFECTS_ON_CIVIC_DISCOURSE_OR_ELECTIONS NOT_SPECIFIED_NOTICE OTHER_VIOLATION_TC
    PROTECTION_OF_MINORS RISK_FOR_PUBLIC_SECURITY SCAMS_AND_FRAUD SELF_HARM UNSAFE_AND_PROHIBITED_PRODUCTS
    VIOLENCE""",
)
KEYWORDS = _words(
    "KEYWORD",
    """ANIMAL_HARM ADULT_SEXUAL_MATERIAL AGE_SPECIFIC_RESTRICTIONS AGE_SPECIFIC_RESTRICTIONS_MINORS
    BIOMETRIC_DATA_BREACH BULLYING_AGAINST_GIRLS CHILD_SEXUAL_ABUSE_MATERIAL
    CHILD_SEXUAL_ABUSE_MATERIAL_DEEPFAKE CONTENT_PROMOTING_EATING_DISORDERS COORDINATED_HARM
    COPYRIGHT_INFRINGEMENT CYBER_BULLYING_INTIMIDATION CYBER_HARASSMENT CYBER_HARASSMENT_AGAINST_WOMEN
    CYBER_INCITEMENT CYBER_STALKING CYBER_STALKING_AGAINST_WOMEN DATA_FALSIFICATION DEFAMATION
    DESIGN_INFRINGEMENT DISCRIMINATION MISINFORMATION_DISINFORMATION FEMALE_GENDERED_DISINFORMATION
    GEOGRAPHIC_INDICATIONS_INFRINGEMENT GEOGRAPHICAL_REQUIREMENTS GOODS_SERVICES_NOT_PERMITTED
    GROOMING_SEXUAL_ENTICEMENT_MINORS HATE_SPEECH HIDDEN_ADVERTISEMENT HUMAN_EXPLOITATION HUMAN_TRAFFICKING
    ILLEGAL_ORGANIZATIONS IMPERSONATION_ACCOUNT_HIJACKING INAUTHENTIC_ACCOUNTS INAUTHENTIC_LISTINGS
    INAUTHENTIC_USER_REVIEWS INCITEMENT_AGAINST_WOMEN INCITEMENT_VIOLENCE_HATRED
    INSUFFICIENT_INFORMATION_ON_TRADERS LANGUAGE_REQUIREMENTS MISLEADING_INFO_CONSUMER_RIGHTS
    MISLEADING_INFO_GOODS_SERVICES MISSING_PROCESSING_GROUND NON_CONSENSUAL_IMAGE_SHARING
    NON_CONSENSUAL_IMAGE_SHARING_AGAINST_WOMEN NON_CONSENSUAL_MATERIAL_DEEPFAKE
    NON_CONSENSUAL_MATERIAL_DEEPFAKE_AGAINST_WOMEN NONCOMPLIANCE_PRICING NUDITY PATENT_INFRINGEMENT PHISHING
    PROHIBITED_PRODUCTS PYRAMID_SCHEMES RIGHT_TO_BE_FORGOTTEN RISK_ENVIRONMENTAL_DAMAGE RISK_PUBLIC_HEALTH
    SELF_MUTILATION STALKING SUICIDE TERRORIST_CONTENT TRADE_SECRET_INFRINGEMENT TRADEMARK_INFRINGEMENT
    TRAFFICKING_WOMEN_GIRLS UNLAWFUL_SALE_ANIMALS UNSAFE_CHALLENGES UNSAFE_PRODUCTS VIOLATION_EU_LAW
    VIOLATION_NATIONAL_LAW OTHER""",
)
EU = _words("", "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK")
EEA = tuple(sorted((*EU, "IS", "LI", "NO")))
LANGUAGES = _words(
    "",
    """
    AA AB AE AF AK AM AN AR AS AV AY AZ BA BE BG BI BM BN BO BR BS CA CE CH CO CR CS CU CV CY DA DE
    DV DZ EE EL EN EO ES ET EU FA FF FI FJ FO FR FY GA GD GL GN GU GV HA HE HI HO HR HT HU HY HZ IA
    ID IE IG II IK IO IS IT IU JA JV KA KG KI KJ KK KL KM KN KO KR KS KU KV KW KY LA LB LG LI LN LO
    LT LU LV MG MH MI MK ML MN MR MS MT MY NA NB ND NE NG NL NN NO NR NV NY OC OJ OM OR OS PA PI PL
    PS PT QU RM RN RO RU RW SA SC SD SE SG SI SK SL SM SN SO SQ SR SS ST SU SV SW TA TE TG TH TI TK
    TL TN TO TR TS TT TW TY UG UK UR UZ VE VI VO WA WO XH YI YO ZA ZH ZU""",
)
YES_NO = ("Yes", "No")

VOCABULARY: dict[str, tuple[str, ...]] = {
    "decision_visibility": _words(
        "DECISION_VISIBILITY",
        """CONTENT_REMOVED CONTENT_DISABLED CONTENT_DEMOTED CONTENT_AGE_RESTRICTED
        CONTENT_INTERACTION_RESTRICTED CONTENT_LABELLED OTHER""",
    ),
    "decision_monetary": _words("DECISION_MONETARY", "SUSPENSION TERMINATION OTHER"),
    "decision_provision": _words(
        "DECISION_PROVISION", "PARTIAL_SUSPENSION TOTAL_SUSPENSION PARTIAL_TERMINATION TOTAL_TERMINATION"
    ),
    "decision_account": _words("DECISION_ACCOUNT", "SUSPENDED TERMINATED"),
    "account_type": _words("ACCOUNT_TYPE", "BUSINESS PRIVATE"),
    "decision_ground": _words("DECISION_GROUND", "ILLEGAL_CONTENT INCOMPATIBLE_CONTENT"),
    "incompatible_content_illegal": YES_NO,
    "content_type": _words("CONTENT_TYPE", "APP AUDIO IMAGE PRODUCT SYNTHETIC_MEDIA TEXT VIDEO OTHER"),
    "category": CATEGORIES,
    "category_addition": CATEGORIES,
    "category_specification": KEYWORDS,
    "territorial_scope": EEA,
    "content_language": LANGUAGES,
    "source_type": (
        "SOURCE_ARTICLE_16",
        "SOURCE_TRUSTED_FLAGGER",
        "SOURCE_TYPE_OTHER_NOTIFICATION",
        "SOURCE_VOLUNTARY",
    ),
    "automated_detection": YES_NO,
    "automated_decision": _words("AUTOMATED_DECISION", "FULLY PARTIALLY NOT_AUTOMATED"),
}
"""Each field that takes words, and the words."""

MANY = (
    "decision_visibility",
    "content_type",
    "category_addition",
    "category_specification",
    "territorial_scope",
)
"""Those that take a list of them."""

DATES = {
    "content_date": "2000-01-01",
    "application_date": "2020-01-01",
    "end_date_visibility_restriction": "2020-01-01",
    "end_date_monetary_restriction": "2020-01-01",
    "end_date_service_restriction": "2020-01-01",
    "end_date_account_restriction": "2020-01-01",
}
"""Each field that takes a day, and the first one."""
LAST_DAY = "2038-01-01"

LENGTHS = {
    "decision_visibility_other": 500,
    "decision_monetary_other": 500,
    "decision_facts": 5000,
    "decision_ground_reference_url": 500,
    "illegal_content_legal_ground": 500,
    "illegal_content_explanation": 2000,
    "incompatible_content_ground": 500,
    "incompatible_content_explanation": 2000,
    "content_type_other": 500,
    "category_specification_other": 500,
    "source_identity": 500,
    "puid": 500,
}
"""Each field that takes a text, and its most characters."""

ONE = ("content_id",)
"""What is left: product numbers."""

REQUIRED = (
    *("decision_ground", "content_type", "category", "territorial_scope", "content_date", "application_date"),
    *("decision_facts", "source_type", "automated_detection", "automated_decision", "puid"),
)

RESTRICTIONS = ("decision_visibility", "decision_monetary", "decision_provision", "decision_account")
"""One of these is there: what was done."""

DEPENDENT = {
    "decision_visibility_other": ("decision_visibility", "DECISION_VISIBILITY_OTHER", True),
    "decision_monetary_other": ("decision_monetary", "DECISION_MONETARY_OTHER", True),
    "content_type_other": ("content_type", "CONTENT_TYPE_OTHER", True),
    "category_specification_other": ("category_specification", "KEYWORD_OTHER", False),
    "illegal_content_legal_ground": ("decision_ground", "DECISION_GROUND_ILLEGAL_CONTENT", True),
    "illegal_content_explanation": ("decision_ground", "DECISION_GROUND_ILLEGAL_CONTENT", True),
    "incompatible_content_ground": ("decision_ground", "DECISION_GROUND_INCOMPATIBLE_CONTENT", True),
    "incompatible_content_explanation": ("decision_ground", "DECISION_GROUND_INCOMPATIBLE_CONTENT", True),
    "incompatible_content_illegal": ("decision_ground", "DECISION_GROUND_INCOMPATIBLE_CONTENT", False),
}
"""Field: the field and the word that it belongs to, and whether it is then required."""

ENDS = {
    "end_date_visibility_restriction": "decision_visibility",
    "end_date_monetary_restriction": "decision_monetary",
    "end_date_service_restriction": "decision_provision",
    "end_date_account_restriction": "decision_account",
}
"""The end of a restriction, and the restriction."""
