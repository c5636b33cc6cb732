"""The words around a candidate for a telephone number: are they about calling, or about orders?"""

from __future__ import annotations

from solon.matcher.reference.glyphs import Stream, words

POSITIVE = words(
    """
    call calls calling callback phone phones phoned telephone tel tele cell cellphone mobile mob
    whatsapp whatsap wasap watsapp sms text texting txt ring dial dials fax viber telegram hotline
    landline voicemail handynummer rufnummer telefon telefonnummer anrufen ruf telefono telefonos
    telefone telefones celular movil fono llamar llamame llama llame appeler appelez appelle ligar ligue
    chiamare chiamami cellulare imo phonenumber teлeфoh телефон"""
)
WEAK = words(
    """
    number numbers num nr nummer numero numeros contact contacts reach reached line desk office direct"""
)
NEGATIVE = words(
    """
    order orders invoice invoices ticket tickets tracking track tracked account accounts acct id ids ref
    reference ssn isbn issn serial sku card cards iban code codes pin zip postcode case part version
    build model item items transaction receipt booking reservation confirmation policy patient vat tax
    upc ean imei parcel shipment package license licence passport"""
)
UNSPACED_POSITIVE = (
    "电话",
    "電話",
    "手机",
    "手機",
    "联系",
    "聯繫",
    "致电",
    "拨打",
    "微信",
    "热线",
    "号码",
    "携帯",
    "फोन",
)


def context_of(s: Stream, start: int, end: int) -> str:
    """`positive`, `negative`, `weak` or `none` for the span start..end."""
    near = s.text[max(0, start - 16) : start] + "\n" + s.text[end : end + 12]
    if any(word in near for word in UNSPACED_POSITIVE):
        return "positive"
    weak = False
    for nth, word in enumerate(_words_before(s, start)):
        if word in POSITIVE:
            return "positive"
        if word in NEGATIVE and nth < 4:
            return "negative"
        weak = weak or word in WEAK
    if any(word in POSITIVE for word in _words_after(s, end)):
        return "positive"
    return "weak" if weak else "none"


def _words_before(s: Stream, start: int) -> list[str]:
    """At most six words, nearest first, none that starts more than 64 characters before."""
    words: list[str] = []
    i = start
    while len(words) < 6 and i > 0:
        while i > 0 and i > start - 64 and not s.glue(i - 1):
            i -= 1
        end = i
        while i > 0 and i > start - 64 and s.glue(i - 1):
            i -= 1
        if end == i or s.glue(i - 1):
            break
        words.append(s.text[i:end])
    return words


def _words_after(s: Stream, end: int) -> list[str]:
    """At most three words, none that ends more than 32 characters after."""
    words: list[str] = []
    i = end
    limit = min(len(s.text), end + 32)
    while len(words) < 3:
        while i < limit and not s.glue(i):
            i += 1
        start = i
        while i < limit and s.glue(i):
            i += 1
        if start == i or s.glue(i):
            break
        words.append(s.text[start:i])
    return words
