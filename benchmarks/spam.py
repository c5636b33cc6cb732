"""R300's 270 expressions beside R30: of the kind that spam filters carry, in our own words.

Phrases with alternatives and bounded gaps, classes, obfuscated words, shapes of links. Each compiles in
libhyperscan and within Solon's bounds; case is ignored, no look-around, all repeats bounded.
"""

# ruff: noqa: E501
from __future__ import annotations

__all__ = ["SPAM"]

EXPRESSIONS = r"""
\b(?:act|order|call|buy|apply|register|sign up|subscribe) (?:now|today|immediately|right away)\b
\blimited (?:time|offer|edition|supply|quantities)\b
\bwhile (?:supplies|stocks?|quantities) last\b
\b100 ?% (?:free|satisfied|guaranteed|natural|legal|risk.free)\b
\b(?:no|without) (?:obligation|strings attached|hidden (?:costs?|fees?|charges?))\b
\brisk.?free (?:trial|offer|investment)\b
\b(?:satisfaction|money.back|full) guarantee(?:d)?\b
\bonce in a (?:lifetime|life time) (?:chance|opportunity|offer)\b
\byou(?:'ve| have) (?:been|won|just won) .{0,20}(?:selected|chosen|awarded|prize)\b
\bcongratulations?[!,. ]{1,3}(?:you|your) .{0,30}(?:won|winner|selected|entitled)\b
\b(?:claim|collect|redeem) (?:your|ur|the) (?:prize|reward|gift|bonus|award)\b
\bfree (?:gift|sample|trial|access|membership|ringtones?|entry|msg|minutes)\b
\bwinner[!.]{1,5}
\b(?:lucky|grand|final) (?:winner|draw|prize)\b
\b(?:lottery|sweepstakes?|jackpot|raffle)\b.{0,40}\b(?:win|won|winner|prize|claim)\b
\bwin (?:a|an|up to) .{0,15}(?:cash|iphone|ipad|holiday|car|voucher)\b
\b(?:cash|prize) (?:award|reward|bonus) of\b
\bguaranteed (?:\$|usd|eur|gbp)? ?[0-9]{2,6}
\b(?:text|txt|reply|send) (?:stop|yes|win|claim|now|go) to [0-9]{4,6}\b
\bcall (?:free|toll.?free|now) (?:on )?[0-9]{4,12}\b
\b[0-9]{2,3}p(?:/| per | a )(?:min|msg|txt|text)\b
\bt ?& ?c'?s? apply\b
\bto (?:opt.?out|unsubscribe|be removed)\b
\bunsubscribe (?:here|now|link|by)\b
\bremove (?:me|your(?:self| e-?mail)?) from (?:our|this|the) (?:list|mailing|database)\b
\bthis (?:is not|isn'?t|is no) (?:spam|a scam|junk)\b
\byou are receiving this (?:e-?mail|message|offer) because\b
\bdear (?:friend|sir|madam|customer|user|winner|beneficiary|account (?:holder|owner)|valued)\b
\bdear [a-z0-9._-]{2,30}@[a-z0-9.-]{2,40}\b
\bgreetings? (?:to you|in the name|from)\b
\bi am (?:mr|mrs|miss|dr|barrister|prince|princess|engr)s?\b\.? ?[a-z]{2,20}
\b(?:next of kin|late (?:husband|father|client|president)|deceased)\b
\b(?:inheritance|estate|unclaimed|dormant) (?:fund|funds|money|account|sum)s?\b
\b(?:million|thousand|billion)s? (?:us|u\.s\.|united states)? ?(?:dollars|pounds|euros)\b
\b(?:usd?|us\$|\$|gbp|eur) ?[0-9]{1,3}(?:[.,][0-9]{3}){2,3}\b
\b[0-9]{1,3}(?:\.[0-9])? ?(?:million|billion|mio) (?:usd|dollars|euros?|pounds)\b
\btransfer (?:of )?(?:the|this|these|such) (?:sum|fund|funds|money|amount)\b
\b(?:bank|foreign) (?:account|transfer) (?:details|information|number)\b
\bwestern union (?:transfer|money|payment|agent|office)\b
\bmoney ?gram (?:transfer|agent|payment|office)\b
\b(?:confidential|private|urgent) (?:business|transaction|proposal|matter|deal)\b
\bbusiness (?:proposal|proposition|partnership|offer) (?:for|to|with|of)\b
\b(?:security|trust|finance) (?:company|firm|vault) in (?:europe|london|ghana|lagos|dubai|benin)\b
\b(?:diplomat(?:ic)?|courier) (?:agent|service|delivery|bag|box)\b
\batm (?:master )?card (?:worth|valued|loaded|payment)\b
\bcompensation (?:fund|payment|sum|of)\b
\bover(?:due|-?paid) (?:payment|invoice|contract|inheritance)\b
\bfor (?:your|the) (?:kind|urgent|immediate) (?:attention|assistance|response|co-?operation)\b
\b(?:kindly|please) (?:reply|respond|contact|get back) (?:to )?(?:me|us) (?:via|through|on|at|asap|urgently)\b
\bprivate e-?mail\b.{0,10}[:;-]
\bconfirm (?:your|the) (?:account|identity|password|billing|details|information|membership)\b
\bverify (?:your|the) (?:account|identity|password|billing|details|information|e-?mail)\b
\bupdate (?:your|the) (?:account|payment|billing|password|details|information|records)\b
\b(?:account|access|card|mailbox) (?:has been|was|will be|is) (?:suspended|limited|locked|blocked|restricted|disabled|deactivated)\b
\b(?:suspicious|unusual|unauthori[sz]ed) (?:activity|activities|sign.?in|log.?in|transaction|access|attempt)s?\b
\b(?:click|tap|press|visit|go to) (?:here|below|this link|the link|on the link)\b
\b(?:log|sign).?in (?:to|at|here|now|immediately|below)\b.{0,30}\b(?:verify|confirm|restore|account)\b
\brestore (?:your|full|the) (?:account|access|service)\b
\bwithin (?:24|48|72) ?(?:hours|hrs|h)\b
\bpassword (?:expires?|will expire|has expired|reset|expiration)\b
\b(?:mailbox|inbox|storage|quota) (?:is )?(?:almost )?(?:full|exceeded|limit)\b
\b(?:paypal|ebay|amazon|netflix|apple|microsoft|google|facebook|instagram) (?:team|support|security|service|account)\b
\b(?:security|fraud|billing|helpdesk|it) (?:department|team|alert|center|centre|unit)\b
\b(?:one.?time|verification|security|activation) (?:code|pin|passcode)\b
\bdo not (?:share|disclose|ignore|delete) (?:this|your|the)\b
\bsocial security (?:number|no|card|benefits?)\b
\b(?:mother'?s )?maiden name\b
\b(?:credit|debit|visa|master) ?card (?:number|details|information|no)\b
\b(?:cvv2?|cvc|expir(?:y|ation) date)\b
\b(?:date of birth|d\.?o\.?b\.?)\b ?[:/-]
\btax (?:refund|rebate|return|relief) (?:of|is|has|due|form|notification)\b
\b(?:irs|hmrc|revenue service)\b.{0,40}\b(?:refund|owe|warrant|arrest|penalty)\b
\b(?:arrest|legal action|lawsuit|court) .{0,30}(?:against you|warrant|immediately|hearing)\b
\bparcel (?:is|was|has been|could not be|awaiting|on hold|delivery)\b
\b(?:ups|dhl|fedex|usps|royal mail|hermes)\b.{0,30}\b(?:package|parcel|delivery|shipment|fee|track)\b
\b(?:customs|shipping|delivery|handling) (?:fee|charge|duty|clearance)s?\b
\breschedul(?:e|ing) (?:your|the|a) (?:delivery|package|parcel)\b
\binvoice (?:attached|is attached|number|no|#|due|overdue)\b
\b(?:see|find|open|download|view) (?:the )?(?:attached|attachment|enclosed)\b
\bpurchase order (?:attached|number|no|#)\b
\bv[i1!|]agr[a@]
\bc[i1!|]al[i1!|]s\b
\bl[e3]v[i1!|]tra\b
\bv ?[.\-_*] ?i ?[.\-_*] ?a ?[.\-_*] ?g ?[.\-_*] ?r ?[.\-_*] ?a\b
\bp[e3]n[i1!|]s\b.{0,20}\b(?:enlarg|longer|bigger|size|pill)
\b(?:male|penis|breast|natural) (?:enhancement|enlargement|augmentation)\b
\b(?:erectile|sexual) (?:dysfunction|performance|stamina|health)\b
\b(?:viagra|cialis|levitra|xanax|valium|ambien|tramadol|vicodin|phentermine|oxycontin|percocet)\b
\b(?:online|canadian|discount|cheap|no.?prescription) (?:pharmacy|pharmacies|drug ?stores?|meds?|pills?|medications?)\b
\bno (?:prior |doctor'?s? )?prescription (?:needed|required|necessary)?\b
\b(?:lose|losing|lost|drop|shed) (?:up to )?[0-9]{1,3} ?(?:pounds|lbs?|kilos?|kgs?|inches|stone)\b
\b(?:weight|fat|belly) (?:loss|burning|burner|fat)\b.{0,30}\b(?:pill|diet|formula|supplement|secret|trick|fast)
\b(?:burn|melt|blast|torch) (?:away )?(?:fat|belly fat|calories)\b
\b(?:keto|hcg|acai|garcinia|detox|green coffee) (?:diet|pills?|berry|cleanse|gummies|extract|cambogia)\b
\b(?:miracle|breakthrough|revolutionary) (?:cure|pill|formula|product|treatment|discovery|diet)\b
\b(?:reverse|stop|fight) (?:aging|ageing|hair loss|diabetes|wrinkles)\b
\b(?:anti.?ag(?:e)?ing|wrinkle) (?:cream|serum|formula|product)s?\b
\b(?:cbd|hemp) (?:oil|gummies|products?)\b
\bdoctors? (?:hate|recommend(?:ed)?|approved|don'?t want)\b
\bfda (?:approved|cleared|registered)\b
\bhuman growth hormone\b|\bhgh\b
\b(?:replica|fake|designer|luxury|swiss) (?:watch|watches|handbags?|rolex|bags?)\b
\brol(?:e|3)x(?:es)?\b
\b(?:louis vuitton|gucci|prada|chanel|cartier|omega|breitling)\b.{0,30}\b(?:cheap|discount|outlet|replica|sale|off)\b
\b(?:up to )?[0-9]{2} ?% (?:off|discount|savings?|cheaper|less)\b
\b(?:save|saving) (?:up to )?(?:\$|[0-9]{2} ?%|[0-9]{2,4} (?:dollars|euros))
\b(?:lowest|best|cheapest|unbeatable|wholesale) (?:price|prices|rate|rates|deal|deals)\b
\b(?:special|exclusive|amazing|incredible|hot|best) (?:offer|deal|discount|promotion|price)s?\b
\b(?:black friday|cyber monday|clearance) (?:sale|deal|offer|special)s?\b
\b(?:coupon|promo|discount|voucher) code\b
\bbuy (?:one|1|two|2|three|3),? get (?:one|1|two|2)\b
\bfree (?:shipping|delivery|worldwide|express)\b
\b(?:order|delivered|shipped) (?:within|in) [0-9]{1,2} (?:hours|days)\b
\b(?:work|working|job|jobs|earn|money) (?:from|at) (?:home|your home|the comfort)\b
\b(?:make|earn|earning|making) (?:up to )?(?:\$|usd|eur|£)? ?[0-9]{2,6}(?:[.,][0-9]{3})? ?(?:\$|usd|dollars|euros)? ?(?:a|per|each|every) (?:day|week|month|hour)\b
\b(?:extra|easy|fast|quick|serious|real|passive|residual) (?:cash|income|money|bucks)\b
\b(?:be|become) your own boss\b
\bfinancial (?:freedom|independence|independent|future)\b
\b(?:home|online|internet).?based (?:business|job|income)\b
\bpart.?time (?:job|work|position|income).{0,40}\b(?:week|day|hour|salary|pay)\b
\b(?:mystery|secret) shopper\b
\b(?:data entry|envelope stuffing|survey|typing) (?:job|jobs|work|from home|at home)\b
\b(?:paid|online|free) surveys?\b
\b(?:no|without) (?:experience|skills?|investment|selling|qualification)s? (?:needed|required|necessary)\b
\b(?:quit|leave|fire) (?:your )?(?:day )?(?:job|boss)\b
\b(?:multi.?level|network|affiliate) marketing\b
\b(?:mlm|downline|upline|pyramid scheme)\b
\b(?:double|triple|multiply) (?:your|ur) (?:money|income|investment|bitcoin|profits?|btc)\b
\b(?:guaranteed|high|huge|daily|weekly|fixed) (?:returns?|profits?|income|roi|payouts?|interest)\b
\b(?:invest|deposit) (?:\$|usd|£|€)? ?[0-9]{2,6}.{0,30}\b(?:get|receive|earn|profit|return)
\b(?:forex|binary options?|crypto|fx|stock) (?:trading|trader|signals?|broker|investment|mentor|expert)s?\b
\b(?:bitcoin|ethereum|btc|eth|usdt|dogecoin) (?:investment|mining|giveaway|wallet|trading|doubler|profit)s?\b
\b(?:send|deposit|transfer) [0-9.]{1,8} ?(?:btc|eth|usdt|bnb|bitcoin)s?\b
\b(?:seed|recovery|secret|backup) phrase\b
\b(?:connect|validate|sync(?:hroni[sz]e)?|rectify) (?:your|ur) wallet\b
\b(?:airdrop|presale|pre-sale|whitelist|token sale|ico)\b.{0,40}\b(?:claim|join|join now|free|live|bonus)\b
\bmeta ?mask\b.{0,30}\b(?:verify|support|wallet|phrase|suspended)\b
\b(?:penny|hot|undervalued) stocks?\b
\b(?:strong|immediate) buy\b.{0,30}\b(?:stock|target|symbol|ticker|price)\b
\b(?:stock|trading) (?:alert|symbol|pick)s?\b
\btarget price\b.{0,10}[0-9]
\b(?:refinance|refinancing|mortgage) (?:rate|rates|quote|now|your|application|approved|today|loan)s?\b
\b(?:bad|poor|no|any) credit\b.{0,30}\b(?:ok|okay|no problem|accepted|approved|welcome|loan)\b
\bcredit (?:repair|score|report|history|check)\b.{0,30}\b(?:free|fix|improve|raise|bad|instant|no)\b
\b(?:consolidate|eliminate|reduce|erase|settle) (?:your |all )?(?:debts?|bills|payments?|credit)\b
\b(?:payday|cash|personal|business|instant|unsecured|student|quick) loans?\b
\b(?:pre.?approved|instant approval|easily approved|approval guaranteed)\b
\b(?:loan|funding) (?:offer|application|amount|of) .{0,20}[0-9]{1,2} ?%
\b(?:interest|apr) (?:rate )?(?:of|at|as low as|from|only) [0-9]{1,2}(?:[.,][0-9]{1,2})? ?%
\b(?:life|car|auto|health|home|dental) insurance\b.{0,30}\b(?:quote|cheap|save|low|free|rates?|compare)\b
\b(?:extended|auto|car) warranty\b
\b(?:university|college|bachelor'?s?|master'?s?|phd|mba) (?:diploma|degree)s?\b.{0,40}\b(?:no|buy|fast|online|weeks|accredited|experience)\b
\bbuy (?:a |an |your )?(?:degree|diploma|passport|license|licence|ielts|certificate|followers|likes|views)\b
\b(?:real|fake|registered|genuine) (?:passport|documents?|driver'?s? licen[cs]es?|id ?cards?|visas?)\b
\b(?:followers?|likes?|subscribers?|views?) (?:for|from) (?:only )?(?:\$|£|€)[0-9]
\b(?:buy|get|gain|grow) .{0,15}(?:instagram|tiktok|youtube|twitter|facebook|spotify) (?:followers?|likes?|views?|subscribers?|plays|streams)\b
\b(?:seo|search engine) (?:services?|optimi[sz]ation|ranking|expert|agency|company|package)s?\b
\b(?:first|1st|top) (?:page|position|rank|spot) (?:of|on|in) (?:google|bing|search)\b
\b(?:web ?site|web|logo|graphic) (?:design|development|traffic|hosting|redesign) (?:services?|company|agency|packages?|offer|team)\b
\b(?:increase|boost|drive|improve) (?:your )?(?:web ?site )?(?:traffic|sales|rankings?|visitors|revenue|conversion)s?\b
\b(?:back ?links?|guest posts?|link building|domain authority)\b
\b(?:bulk|targeted|opt.?in|mass) (?:e-?mails?|mail(?:ing)?|sms|leads|lists?)\b
\b[0-9]{1,3}(?:[.,][0-9]{3})? ?(?:million|thousand|k|m)? (?:e-?mail|fresh|verified|business) (?:addresses|leads|contacts|emails)\b
\b(?:lead|client) generation (?:service|company|expert|software|system)s?\b
\b(?:domain|hosting) (?:name )?(?:expir(?:y|ation|es|ing)|renewal|notice)\b
\b(?:cheap|oem|discount(?:ed)?|pirated|cracked) software\b
\b(?:windows|office|adobe|photoshop|norton|mcafee|antivirus) .{0,12}(?:key|keys|license|licence|crack|activation|renewal|expired|download)\b
\byour (?:computer|pc|device|phone|mac|system) (?:is|has been|may be|was) (?:infected|hacked|at risk|compromised|blocked|slow)\b
\b(?:virus|malware|spyware|trojan)(?:es)? (?:detected|found|warning|alert|infection|removal|scan)\b
\b(?:tech(?:nical)?|microsoft|windows|apple|customer) support (?:number|at|team|line|helpline|toll)\b
\bi (?:have )?(?:hacked|recorded|infected|got access to|have access to) (?:your|you|all your)\b
\b(?:webcam|web cam|camera) .{0,30}(?:recorded|video|footage|on you|masturbat|naked)
\b(?:send|pay|transfer) .{0,25}(?:bitcoin|btc).{0,25}(?:wallet|address|or)\b
\b(?:adult|xxx|porn|sex) (?:site|videos?|movies?|pics?|chat|cams?|dating|content|webcam)s?\b
\b(?:hot|sexy|horny|naughty|lonely|single|local|russian|asian|ukrainian) (?:girls?|women|woman|singles?|ladies|babes?|moms?|milfs?|housewi(?:fe|ves)|chicks?)\b
\b(?:girls?|women|singles|ladies) (?:in|near|from) (?:your|ur|the) (?:area|city|town|neighbou?rhood)\b
\b(?:meet|date|chat with|find) (?:hot |sexy |local |lonely |single |beautiful )?(?:girls?|women|singles|ladies|guys|men)\b
\b(?:adult|casual|secret|discreet|online) (?:dating|encounters?|hook.?ups?|affairs?|relationship|fun)\b
\b(?:nude|naked|private|sexy|hot) (?:pics?|photos?|pictures?|videos?|selfies?|cam)\b
\b(?:see|watch|view) (?:my|me|her) .{0,20}(?:profile|pics?|photos?|cam|webcam|naked|live)\b
\b(?:live|free|private|cam) (?:cams?|webcams?|sex|show|shows|girls)\b
\b(?:only ?fans|fansly|chaturbate|stripchat|livejasmin)\b
\bsnap ?(?:chat)?\b.{0,10}(?:me|is|:|@|add).{0,20}\b(?:nudes?|pics?|trade|premium|fun)\b
\b(?:escort|massage|companion)s? (?:service|agency|girls?|parlou?r|available|in)\b
\b(?:sugar (?:daddy|mummy|mommy|baby|momma))s?\b
\b(?:allowance|weekly pay) of\b.{0,12}[0-9]{2,5}
\b(?:x{3,5})\b
\bs[e3]x(?:y|ual)?\b.{0,20}\b(?:free|live|now|tonight|chat|call|txt|dating)\b
\b(?:f[u*v]ck|fuk) ?(?:buddy|buddies|me|friend|date)s?\b
\b(?:casino|poker|roulette|slots?|blackjack|betting|sportsbook) (?:bonus|online|games?|free|site|tips|sites?|offer|chips)\b
\b(?:online|free|best|live|real money|mobile|bitcoin) (?:casino|poker|slots?|gambling|betting|bingo)s?\b
\b(?:free|extra|bonus) (?:spins?|chips|bets?|credits?)\b
\b(?:fixed|sure|guaranteed) (?:match(?:es)?|odds|bets?|wins?|games?)\b
\b(?:no deposit|deposit|welcome|sign.?up|first deposit) bonus\b
\b(?:download|install|get) (?:our|the|this|my) (?:app|apk|software|ebook|e-book|guide|report)\b
\bapk\b.{0,20}\b(?:download|mod|hack|install|free)\b
\b(?:free|unlimited|generator|hack) (?:robux|v-?bucks|gems|coins|diamonds|skins|nitro|uc)\b
\b(?:steam|discord|nitro|amazon|google play|itunes|apple|xbox) (?:gift|gift ?cards?|codes?|cards?)\b
\bgift ?cards? (?:code|number|pin|picture|photo|from|worth|balance)s?\b
\bscratch (?:the )?(?:back|card|code|off)\b
\b(?:add|join|follow|message|text|contact|dm|inbox|hit) (?:me|us|up) (?:on|via|at|through) (?:whats ?app|telegram|signal|kik|skype|viber|wechat|line|insta(?:gram)?|snap(?:chat)?|hangouts?)\b
\bwhats ?app (?:number|no|only|group|me|us|link|chat|:)
\btelegram (?:channel|group|bot|link|id|username|@)
\b(?:my|our|his|her) (?:whats ?app|telegram|kik|skype|viber|wechat|hangouts?) (?:is|id|number|name|:)
\b(?:kik|wickr|snap|signal|hangouts?) ?(?:id|name|user(?:name)?|me)? ?[:=] ?[a-z0-9._-]{3,30}
\b(?:let'?s|we can|can we|could we|we should) (?:talk|chat|continue|move|speak|discuss) (?:on|over|via|outside|off|through) (?:whats ?app|telegram|e-?mail|phone|skype|another|the platform|here)\b
\b(?:outside|off|away from) (?:of )?(?:the|this) (?:platform|site|website|app|system)\b
\b(?:avoid|save|skip|bypass|without|dodge) (?:the |paying |any )?(?:service |platform |site |upwork |ebay )?(?:fee|fees|commission|commissions|charges)\b
\b(?:pay|paid|payment) (?:me |you )?(?:directly|outside|off.?site|privately|in cash|by (?:cash|check|cheque|zelle|venmo|paypal))\b
\b(?:zelle|venmo|cash ?app|paypal|payoneer|skrill|wise|revolut)\b.{0,20}\b(?:me|only|id|tag|account|friends|accepted|payment)\b
\b(?:friends and family|f ?& ?f|family and friends) (?:payment|option|paypal|only|method)?\b
\b(?:cashier'?s|certified|bank) (?:check|cheque|draft)s?\b
\b(?:my|the|your) (?:mover|shipper|shipping agent|pick.?up agent|agent)\b.{0,30}\b(?:pick|collect|come|pay)
\b(?:still|is it|item) (?:available|for sale)\b.{0,30}\b(?:price|final|lowest|condition|paypal)\b
\b(?:overseas|offshore|out of (?:the )?(?:country|town|state)|deployed|military|oil rig)\b.{0,40}\b(?:pay|buy|send|contact|paypal|money)\b
\bgod (?:bless|fearing|sent|will)\b.{0,40}\b(?:fund|money|donat|widow|orphan|charity)
\b(?:donat(?:e|ion)s?|charity|orphan(?:age)?s?|widow)\b.{0,40}\b(?:fund|million|bank|transfer|usd|dollars)\b
\b(?:cancer|terminal(?:ly)? ill|dying|sick ?bed)\b.{0,40}\b(?:fund|money|donat|will|estate|husband)
\b(?:soldier|sergeant|general|captain|colonel) (?:in|from|with) (?:the )?(?:us|u\.s\.|united states|un|army|syria|iraq|afghanistan)\b
\b(?:gold|diamond|crude oil|petroleum) (?:dust|bars?|dore|deal|business|sale|purchase)s?\b
\b(?:contract|project) (?:sum|award|fund|payment) (?:of|in|with)\b
\b(?:central|world|african development|reserve) bank of [a-z]{3,15}\b
\b(?:federal|ministry|office) of (?:finance|petroleum|justice|the president|nigeria)\b
\b(?:fbi|interpol|efcc|united nations|imf)\b.{0,30}\b(?:fund|payment|fraud|compensation|director|agent)\b
\bhttps?://[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?::[0-9]{2,5})?/
\bhttps?://[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){4,8}/
\bhttps?://[^/ ]{1,60}@[a-z0-9.-]{3,60}
\bhttps?://(?:www\.)?(?:bit\.ly|tinyurl\.com|goo\.gl|ow\.ly|is\.gd|cutt\.ly|rb\.gy|t\.co)/[a-z0-9_-]{3,20}
\b(?:bit\.ly|tinyurl\.com|cutt\.ly|shorturl\.at|rebrand\.ly|s\.id)/[a-z0-9_-]{2,30}
\bhttps?://[a-z0-9.-]{3,80}/[a-z0-9/_.-]{0,80}\.(?:exe|scr|zip|js|vbs|apk|jar|bat|iso)\b
\bhttps?://[a-z0-9-]{2,40}\.(?:xyz|top|click|loan|win|bid|icu|buzz|gq|cf|tk|ml|work|rest)\b
\b[a-z0-9-]{2,40}\.(?:blogspot|weebly|wixsite|000webhostapp|firebaseapp|herokuapp|netlify)\.(?:com|app)\b
\b(?:paypal|amazon|apple|netflix|chase|wellsfargo|microsoft|icloud)[a-z0-9]{0,10}[.-][a-z0-9-]{2,40}\.[a-z]{2,6}/
\bhttps?://(?:secure|login|signin|verify|account|update|webscr|banking)[a-z0-9.-]{1,60}/
/(?:wp-content|wp-includes|wp-admin)/[a-z0-9/_-]{1,60}\.(?:php|html?)\b
\.php\?[a-z]{1,12}=[a-z0-9%]{6,60}
\?(?:utm_source|aff_?id|affiliate|ref|referral|clickid|subid)=[a-z0-9_-]{2,40}
/(?:unsub|unsubscribe|optout|opt-out|remove)(?:\.(?:php|aspx?|html?))?[?/][a-z0-9=&@._-]{3,60}
\bforms\.(?:gle|google\.com|office\.com)/[a-z0-9/_-]{4,60}
\bdocs\.google\.com/(?:forms|document|presentation|spreadsheets)/[a-z0-9/_-]{6,80}
\b(?:t\.me|telegram\.me|telegram\.dog)/(?:joinchat/|\+)?[a-z0-9_-]{4,40}
\bchat\.whatsapp\.com/[a-z0-9]{10,30}
\b(?:discord\.gg|discordapp\.com/invite|dsc\.gg)/[a-z0-9-]{2,30}
\b(?:m\.me|fb\.me|fb\.com|facebook\.com)/[a-z0-9.]{4,50}
\b(?:onlyfans|fansly|linktr|beacons|patreon)\.(?:com|ee|ai)/[a-z0-9._-]{2,40}
\bdata:(?:text/html|application/[a-z]{2,20});base64,[a-z0-9+/]{8,100}
\b(?:&#[0-9]{2,5};){3,20}
(?:%[0-9a-f]{2}){4,20}
\b[a-z]{1,3}(?:[.*_-][a-z]{1,3}){5,12}\b
[!?]{4,10}
[$]{3,10}
\b[0-9]{1,2}[/.-][0-9]{1,2}[/.-](?:19|20)[0-9]{2}\b.{0,20}\b(?:expire|deadline|last day|ends|final)
\b[a-z0-9._%+-]{2,40}@(?:gmail|yahoo|hotmail|outlook|aol|mail|gmx|proton(?:mail)?|yandex)\.(?:com|net|ru|de|fr)\b
\b[a-z0-9._-]{2,40} ?(?:\(|\[|\{)? ?(?:at|@) ?(?:\)|\]|\})? ?(?:gmail|yahoo|hotmail|outlook) ?(?:\(|\[|\{)? ?(?:dot|\.) ?(?:\)|\]|\})? ?com\b
\bg ?m ?a ?i ?l ?(?:\.|dot) ?c ?o ?m\b
\b(?:last|final|second|urgent) (?:notice|reminder|warning|notification|attempt)\b
\b(?:your|the) (?:subscription|membership|trial) (?:has been|will be|is) (?:renewed|charged|cancelled|expired|ending)\b
\b(?:you have|you've got|1|one|new) (?:unread|pending|undelivered|new) (?:messages?|e-?mails?|voicemails?|notifications?)\b
\b(?:hi|hello|hey) (?:dear|honey|baby|sweetie|handsome|beautiful|darling)\b
\b(?:looking for|seeking) (?:a )?(?:serious|honest|reliable|trustworthy|foreign) (?:partner|man|woman|investor|person|relationship)\b
\b(?:modelling|model|brand) (?:agency|ambassador|scout|job)s?\b.{0,30}\b(?:pay|dm|apply|earn|fee)
\b(?:homework|assignment|essay|dissertation|thesis) (?:help|writing|writer|service|experts?)\b
\b(?:timeshare|time share|vacation package|free cruise|all.?inclusive holiday)\b
\b(?:psychic|tarot|love spell|spell caster|astrologer|voodoo)s?\b
\b(?:illuminati|secret society|join the brotherhood)\b
\b(?:solar|heat pump|double glazing|boiler) (?:panels?|grant|scheme|quote|installation)s?\b
\b(?:ppi|accident|injury|mis-?sold|flight delay) (?:claims?|compensation|refund|lawyers?)\b
\bself.?assessment\b.{0,20}\b(?:refund|link|claim|overdue)
\b(?:gov|bank|post)[a-z0-9-]{0,20}[-.](?:refund|secure|verify|claims?|support)[a-z0-9.-]{0,30}\b
\bi(?:'| a)?m contacting you (?:because|about|regarding|on behalf|in respect)\b
"""

SPAM = {f"spam_{number:03d}": line for number, line in enumerate(EXPRESSIONS.strip().splitlines(), start=1)}
"""Name to expression."""
