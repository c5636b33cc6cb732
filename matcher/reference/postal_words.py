"""The words of postal addresses: kinds of streets, units, states, and words that no street is named by."""

from __future__ import annotations

from solon.matcher.reference.glyphs import words

STRICT_TYPES = words(
    """
    street st avenue ave road rd boulevard blvd drive dr lane ln court ct parkway pkwy highway hwy
    terrace ter turnpike expressway expwy freeway crescent cres plaza plz square sq circle cir gardens
    esplanade promenade mews"""
)
TYPES = STRICT_TYPES | words(
    """
    way place pl trail trl loop alley row walk mall close hill hills hollow park common commons center
    centre ctr crossing point pointe ridge run path pike grove green view heights landing broadway real
    yard causeway cove bend"""
)
ROADS = words("highway hwy route rte road rd")
DIRECTIONS = words(
    """
    n s e w ne nw se sw north south east west northeast northwest southeast southwest"""
)
UNITS = words("apt apartment unit suite ste floor fl room rm bldg building flat lot no lockbox")
FIRST_STOP = words("way lane hour drive block street streets road roads")
STOP = words(
    """
    the of in at on to for from and or is are was were be been am pm i you we they he she it me my your
    our their his her this that these those there here have has had with without by near next about per
    than more less out up down over under into onto off will would can could should may might must do
    does did not no yes if so but because when where which who what how why star stars minute minutes
    min mins hour hours hrs day days week weeks month months year years mile miles km kms meter meters
    metres feet foot inch inches percent times time people person persons guest guests bed beds bedroom
    bedrooms bath baths bathroom bathrooms room rooms dollar dollars usd euro euros pound pounds buck
    bucks different other another good great nice two three four five six seven eight nine ten items
    item pieces way ways lanes blocks price"""
)
STATES = words(
    """
    al ak az ar ca co ct de fl ga hi id il in ia ks ky la me md ma mi mn ms mo mt ne nv nh nj nm ny nc
    nd oh ok or pa ri sc sd tn tx ut vt va wa wv wi wy dc pr alabama alaska arizona arkansas california
    colorado connecticut delaware florida georgia hawaii idaho illinois indiana iowa kansas kentucky
    louisiana maine maryland massachusetts michigan minnesota mississippi missouri montana nebraska
    nevada ohio oklahoma oregon pennsylvania tennessee texas utah vermont virginia washington wisconsin
    wyoming"""
) | {
    "new hampshire",
    "new jersey",
    "new mexico",
    "new york",
    "north carolina",
    "north dakota",
    "rhode island",
    "south carolina",
    "south dakota",
    "west virginia",
}
STATE_WORDS = words("in or me hi ok oh de la pa ma al id co mi")
COUNTRIES = words(
    "usa us uk england scotland wales ireland canada australia germany france spain italy portugal"
) | {"united states", "united kingdom", "new zealand"}
PARTICLES = words("de la le les du des del los las do da dos das di della dei d l el y e")
FRENCH_STRICT = words("rue impasse chemin allee allees quai bd bld")
FRENCH_TYPES = FRENCH_STRICT | words("avenue av boulevard place cours route square passage villa")
SOUTH_STRICT = words("calle avda avenida rua viale")
SOUTH_TYPES = SOUTH_STRICT | words(
    "via piazza corso plaza paseo camino carrera ronda travessa largo praca av"
)
GERMAN_REGIONS = words("de at ch li lu")
FRENCH_REGIONS = words("fr be ch lu mc ca")
SOUTH_REGIONS = words("es mx ar co cl pe ve ec uy pt br ao mz it sm ch")
