/* The words of postal addresses, each with what it may be. */
#include "postal_parts.h"

#include <stdlib.h>

typedef struct {
    const char *word;
    uint32_t flags;
} entry;

/* INVARIANT: in order of strcmp. */
static const entry LEXICON[] = {
    {"about", W_STOP}, {"ak", W_STATE}, {"al", W_STATE_WORD}, {"alabama", W_STATE}, {"alaska", W_STATE}, {"allee", W_FRENCH_STRICT},
    {"allees", W_FRENCH_STRICT}, {"alley", W_TYPE}, {"am", W_STOP}, {"and", W_STOP}, {"another", W_STOP}, {"apartment", W_UNIT},
    {"apt", W_UNIT}, {"ar", W_STATE}, {"are", W_STOP}, {"arizona", W_STATE}, {"arkansas", W_STATE}, {"at", W_STOP},
    {"australia", W_COUNTRY}, {"av", W_FRENCH | W_SOUTH}, {"avda", W_SOUTH_STRICT}, {"ave", W_STRICT}, {"avenida", W_SOUTH_STRICT},
    {"avenue", W_STRICT | W_FRENCH}, {"az", W_STATE}, {"bath", W_STOP}, {"bathroom", W_STOP}, {"bathrooms", W_STOP}, {"baths", W_STOP},
    {"bd", W_FRENCH_STRICT}, {"be", W_STOP}, {"because", W_STOP}, {"bed", W_STOP}, {"bedroom", W_STOP}, {"bedrooms", W_STOP},
    {"beds", W_STOP}, {"been", W_STOP}, {"bend", W_TYPE}, {"bld", W_FRENCH_STRICT}, {"bldg", W_UNIT}, {"block", W_FIRST_STOP},
    {"blocks", W_STOP}, {"blvd", W_STRICT}, {"boulevard", W_STRICT | W_FRENCH}, {"broadway", W_TYPE}, {"buck", W_STOP},
    {"bucks", W_STOP}, {"building", W_UNIT}, {"but", W_STOP}, {"by", W_STOP}, {"ca", W_STATE}, {"california", W_STATE},
    {"calle", W_SOUTH_STRICT}, {"camino", W_SOUTH}, {"can", W_STOP}, {"canada", W_COUNTRY}, {"carrera", W_SOUTH}, {"causeway", W_TYPE},
    {"center", W_TYPE}, {"centre", W_TYPE}, {"chemin", W_FRENCH_STRICT}, {"cir", W_STRICT}, {"circle", W_STRICT}, {"close", W_TYPE},
    {"co", W_STATE_WORD}, {"colorado", W_STATE}, {"common", W_TYPE}, {"commons", W_TYPE}, {"connecticut", W_STATE}, {"corso", W_SOUTH},
    {"could", W_STOP}, {"cours", W_FRENCH}, {"court", W_STRICT}, {"cove", W_TYPE}, {"cres", W_STRICT}, {"crescent", W_STRICT},
    {"crossing", W_TYPE}, {"ct", W_STRICT | W_STATE}, {"ctr", W_TYPE}, {"d", W_PARTICLE}, {"da", W_PARTICLE}, {"das", W_PARTICLE},
    {"day", W_STOP}, {"days", W_STOP}, {"dc", W_STATE}, {"de", W_STATE_WORD | W_PARTICLE}, {"dei", W_PARTICLE}, {"del", W_PARTICLE},
    {"delaware", W_STATE}, {"della", W_PARTICLE}, {"des", W_PARTICLE}, {"di", W_PARTICLE}, {"did", W_STOP}, {"different", W_STOP},
    {"do", W_STOP | W_PARTICLE}, {"does", W_STOP}, {"dollar", W_STOP}, {"dollars", W_STOP}, {"dos", W_PARTICLE}, {"down", W_STOP},
    {"dr", W_STRICT}, {"drive", W_STRICT | W_FIRST_STOP}, {"du", W_PARTICLE}, {"e", W_DIRECTION | W_PARTICLE}, {"east", W_DIRECTION},
    {"eight", W_STOP}, {"el", W_PARTICLE}, {"england", W_COUNTRY}, {"esplanade", W_STRICT}, {"euro", W_STOP}, {"euros", W_STOP},
    {"expressway", W_STRICT}, {"expwy", W_STRICT}, {"feet", W_STOP}, {"five", W_STOP}, {"fl", W_UNIT | W_STATE}, {"flat", W_UNIT},
    {"floor", W_UNIT}, {"florida", W_STATE}, {"foot", W_STOP}, {"for", W_STOP}, {"four", W_STOP}, {"france", W_COUNTRY},
    {"freeway", W_STRICT}, {"from", W_STOP}, {"ga", W_STATE}, {"gardens", W_STRICT}, {"georgia", W_STATE}, {"germany", W_COUNTRY},
    {"good", W_STOP}, {"great", W_STOP}, {"green", W_TYPE}, {"grove", W_TYPE}, {"guest", W_STOP}, {"guests", W_STOP}, {"had", W_STOP},
    {"has", W_STOP}, {"have", W_STOP}, {"hawaii", W_STATE}, {"he", W_STOP}, {"heights", W_TYPE}, {"her", W_STOP}, {"here", W_STOP},
    {"hi", W_STATE_WORD}, {"highway", W_STRICT | W_ROAD}, {"hill", W_TYPE}, {"hills", W_TYPE}, {"his", W_STOP}, {"hollow", W_TYPE},
    {"hour", W_STOP | W_FIRST_STOP}, {"hours", W_STOP}, {"how", W_STOP}, {"hrs", W_STOP}, {"hwy", W_STRICT | W_ROAD}, {"i", W_STOP},
    {"ia", W_STATE}, {"id", W_STATE_WORD}, {"idaho", W_STATE}, {"if", W_STOP}, {"il", W_STATE}, {"illinois", W_STATE},
    {"impasse", W_FRENCH_STRICT}, {"in", W_STOP | W_STATE_WORD}, {"inch", W_STOP}, {"inches", W_STOP}, {"indiana", W_STATE},
    {"into", W_STOP}, {"iowa", W_STATE}, {"ireland", W_COUNTRY}, {"is", W_STOP}, {"it", W_STOP}, {"italy", W_COUNTRY}, {"item", W_STOP},
    {"items", W_STOP}, {"kansas", W_STATE}, {"kentucky", W_STATE}, {"km", W_STOP}, {"kms", W_STOP}, {"ks", W_STATE}, {"ky", W_STATE},
    {"l", W_PARTICLE}, {"la", W_STATE_WORD | W_PARTICLE}, {"landing", W_TYPE}, {"lane", W_STRICT | W_FIRST_STOP}, {"lanes", W_STOP},
    {"largo", W_SOUTH}, {"las", W_PARTICLE}, {"le", W_PARTICLE}, {"les", W_PARTICLE}, {"less", W_STOP}, {"ln", W_STRICT},
    {"lockbox", W_UNIT}, {"loop", W_TYPE}, {"los", W_PARTICLE}, {"lot", W_UNIT}, {"louisiana", W_STATE}, {"ma", W_STATE_WORD},
    {"maine", W_STATE}, {"mall", W_TYPE}, {"maryland", W_STATE}, {"massachusetts", W_STATE}, {"may", W_STOP}, {"md", W_STATE},
    {"me", W_STOP | W_STATE_WORD}, {"meter", W_STOP}, {"meters", W_STOP}, {"metres", W_STOP}, {"mews", W_STRICT}, {"mi", W_STATE_WORD},
    {"michigan", W_STATE}, {"might", W_STOP}, {"mile", W_STOP}, {"miles", W_STOP}, {"min", W_STOP}, {"minnesota", W_STATE},
    {"mins", W_STOP}, {"minute", W_STOP}, {"minutes", W_STOP}, {"mississippi", W_STATE}, {"missouri", W_STATE}, {"mn", W_STATE},
    {"mo", W_STATE}, {"montana", W_STATE}, {"month", W_STOP}, {"months", W_STOP}, {"more", W_STOP}, {"ms", W_STATE}, {"mt", W_STATE},
    {"must", W_STOP}, {"my", W_STOP}, {"n", W_DIRECTION}, {"nc", W_STATE}, {"nd", W_STATE}, {"ne", W_DIRECTION | W_STATE},
    {"near", W_STOP}, {"nebraska", W_STATE}, {"nevada", W_STATE}, {"next", W_STOP}, {"nh", W_STATE}, {"nice", W_STOP}, {"nine", W_STOP},
    {"nj", W_STATE}, {"nm", W_STATE}, {"no", W_STOP | W_UNIT}, {"north", W_DIRECTION}, {"northeast", W_DIRECTION},
    {"northwest", W_DIRECTION}, {"not", W_STOP}, {"nv", W_STATE}, {"nw", W_DIRECTION}, {"ny", W_STATE}, {"of", W_STOP}, {"off", W_STOP},
    {"oh", W_STATE_WORD}, {"ohio", W_STATE}, {"ok", W_STATE_WORD}, {"oklahoma", W_STATE}, {"on", W_STOP}, {"onto", W_STOP},
    {"or", W_STOP | W_STATE_WORD}, {"oregon", W_STATE}, {"other", W_STOP}, {"our", W_STOP}, {"out", W_STOP}, {"over", W_STOP},
    {"pa", W_STATE_WORD}, {"park", W_TYPE}, {"parkway", W_STRICT}, {"paseo", W_SOUTH}, {"passage", W_FRENCH}, {"path", W_TYPE},
    {"pennsylvania", W_STATE}, {"people", W_STOP}, {"per", W_STOP}, {"percent", W_STOP}, {"person", W_STOP}, {"persons", W_STOP},
    {"piazza", W_SOUTH}, {"pieces", W_STOP}, {"pike", W_TYPE}, {"pkwy", W_STRICT}, {"pl", W_TYPE}, {"place", W_TYPE | W_FRENCH},
    {"plaza", W_STRICT | W_SOUTH}, {"plz", W_STRICT}, {"pm", W_STOP}, {"point", W_TYPE}, {"pointe", W_TYPE}, {"portugal", W_COUNTRY},
    {"pound", W_STOP}, {"pounds", W_STOP}, {"pr", W_STATE}, {"praca", W_SOUTH}, {"price", W_STOP}, {"promenade", W_STRICT},
    {"quai", W_FRENCH_STRICT}, {"rd", W_STRICT | W_ROAD}, {"real", W_TYPE}, {"ri", W_STATE}, {"ridge", W_TYPE}, {"rm", W_UNIT},
    {"road", W_STRICT | W_ROAD | W_FIRST_STOP}, {"roads", W_FIRST_STOP}, {"ronda", W_SOUTH}, {"room", W_STOP | W_UNIT},
    {"rooms", W_STOP}, {"route", W_ROAD | W_FRENCH}, {"row", W_TYPE}, {"rte", W_ROAD}, {"rua", W_SOUTH_STRICT},
    {"rue", W_FRENCH_STRICT}, {"run", W_TYPE}, {"s", W_DIRECTION}, {"sc", W_STATE}, {"scotland", W_COUNTRY}, {"sd", W_STATE},
    {"se", W_DIRECTION}, {"seven", W_STOP}, {"she", W_STOP}, {"should", W_STOP}, {"six", W_STOP}, {"so", W_STOP},
    {"south", W_DIRECTION}, {"southeast", W_DIRECTION}, {"southwest", W_DIRECTION}, {"spain", W_COUNTRY}, {"sq", W_STRICT},
    {"square", W_STRICT | W_FRENCH}, {"st", W_STRICT}, {"star", W_STOP}, {"stars", W_STOP}, {"ste", W_UNIT},
    {"street", W_STRICT | W_FIRST_STOP}, {"streets", W_FIRST_STOP}, {"suite", W_UNIT}, {"sw", W_DIRECTION}, {"ten", W_STOP},
    {"tennessee", W_STATE}, {"ter", W_STRICT}, {"terrace", W_STRICT}, {"texas", W_STATE}, {"than", W_STOP}, {"that", W_STOP},
    {"the", W_STOP}, {"their", W_STOP}, {"there", W_STOP}, {"these", W_STOP}, {"they", W_STOP}, {"this", W_STOP}, {"those", W_STOP},
    {"three", W_STOP}, {"time", W_STOP}, {"times", W_STOP}, {"tn", W_STATE}, {"to", W_STOP}, {"trail", W_TYPE}, {"travessa", W_SOUTH},
    {"trl", W_TYPE}, {"turnpike", W_STRICT}, {"two", W_STOP}, {"tx", W_STATE}, {"uk", W_COUNTRY}, {"under", W_STOP}, {"unit", W_UNIT},
    {"up", W_STOP}, {"us", W_COUNTRY}, {"usa", W_COUNTRY}, {"usd", W_STOP}, {"ut", W_STATE}, {"utah", W_STATE}, {"va", W_STATE},
    {"vermont", W_STATE}, {"via", W_SOUTH}, {"viale", W_SOUTH_STRICT}, {"view", W_TYPE}, {"villa", W_FRENCH}, {"virginia", W_STATE},
    {"vt", W_STATE}, {"w", W_DIRECTION}, {"wa", W_STATE}, {"wales", W_COUNTRY}, {"walk", W_TYPE}, {"was", W_STOP},
    {"washington", W_STATE}, {"way", W_STOP | W_TYPE | W_FIRST_STOP}, {"ways", W_STOP}, {"we", W_STOP}, {"week", W_STOP},
    {"weeks", W_STOP}, {"were", W_STOP}, {"west", W_DIRECTION}, {"what", W_STOP}, {"when", W_STOP}, {"where", W_STOP},
    {"which", W_STOP}, {"who", W_STOP}, {"why", W_STOP}, {"wi", W_STATE}, {"will", W_STOP}, {"wisconsin", W_STATE}, {"with", W_STOP},
    {"without", W_STOP}, {"would", W_STOP}, {"wv", W_STATE}, {"wy", W_STATE}, {"wyoming", W_STATE}, {"y", W_PARTICLE}, {"yard", W_TYPE},
    {"year", W_STOP}, {"years", W_STOP}, {"yes", W_STOP}, {"you", W_STOP}, {"your", W_STOP},
};

static int by_word(const void *key, const void *item) { return strcmp(key, ((const entry *)item)->word); }

uint32_t postal_word(const char *word) {
    const entry *found = bsearch(word, LEXICON, sizeof LEXICON / sizeof *LEXICON, sizeof *LEXICON, by_word);
    return found ? found->flags : 0;
}
