"""What people write to each other, in small: by it the compiler judges how often a row of characters comes.

Own words. Folded, since the gate reads folded text.
"""

from __future__ import annotations

MESSAGES = """
hi! are you still looking for someone to help with the website? i have some time next week.
yes, i am. can you send me a few examples of what you did before?
sure, here are two of them. the first one was for a small shop, the other for a school.
that looks good. how much would you want for something like this?
it depends on how many pages you need, and on who writes the texts. about 40 an hour.
ok, let me think about it and get back to you tomorrow
no problem, take your time :)
thank you so much for your quick answer, i really appreciate it!
sorry for the late reply, i was out all day and my phone had no battery left
did you get the files that i sent on monday? there were 3 of them.
i only see one, could you please upload the others again?
done. let me know if there is anything else that you need from my side.
great work, thanks. i will pay the invoice today, it should arrive in 2 or 3 days
what time works for you? i am free after 5 pm, or any time on saturday.
6 would be better for me, if that is ok
see you then! it was nice to talk with you
lol that is so funny. i can't believe that he said that to her face
i don't think so. what do you mean? where did you hear about it?
well, the thing is that they do not want to give us more money for this part of the project.
we should talk about the budget before we go on. it will not be enough for all of this.
hello everyone, just a short note: the meeting at 10:30 moves to room 214 on the second floor
please do not reply to this message. if you want to change your settings, go to your account page.
how was your weekend? we went to the beach with the kids and had a lot of fun
not bad, we stayed at home and watched a film. it rained almost all the time here.
have you seen the game last night? what a goal! they won 3-1 in the end
no, i was working until late. who did you watch it with?
my brother and some friends from work. you should come with us next time.
i need your help with one question: how do i install this on my laptop? it says that a file is missing
which version do you have? try to update it first, then start it again.
i tried that already, but it does not work. i still get the same error as before.
can you show me what it says exactly? maybe i know what is wrong.
congratulations! you have been chosen to win a free ticket. call now to get your prize, only today!
good morning, i am writing about the job that you posted. i have five years
of experience with data entry and office work.
thanks for your interest. could you tell us a bit more about yourself and what you are looking for?
i am from the north of the country, i like music, books and good food, and i love to travel.
which books do you like? i just finished one about the history of the sea, and it was very interesting.
i would like to order two of the blue ones, please. do you have them in a larger size?
we have them in l and xl. the price is 19.99 each, and shipping is free over 50.
perfect, then i take both. can i pay with my card, or when it is delivered?
both are fine. it takes about four days until it is with you.
the address is the same as the last time. please leave it at the door if i am not there
hey, what are you doing tonight? want to grab something to eat, or watch a movie at my place?
i can't, i have to get up early tomorrow. maybe on friday?
friday is good. i'll call you when i am done with work
she told me that you are moving to another city. is that true? i will miss you!
yeah, i got a new job there. it starts in june, so i have to find a flat as soon as possible.
if you need someone to help you carry all your stuff, just let me know.
you are the best. i owe you one.
the test was harder than i thought. i hope that i did not fail, but i am not sure about the last part.
don't worry so much, you always say that and then you have the best result of us all
in my opinion the second draft is better than the first, but there are still a few
things that do not feel right.
could you have another look at the end of chapter two? the part where they meet again is too long for me.
of course. i'll send you a new version by wednesday, or thursday at the latest.
as we discussed, the total is 250 for the logo, and 30 for each change after the third one.
this is not what we agreed on. please read my first message again, it says so there.
u there? pls answer, its important
ok ok im here, whats up?
nothing much, just bored haha. how r u?
"""

SAMPLE = " " + " ".join(MESSAGES.split("\n")[1:-1]) + " "
"""One text; a blank stands for the end of each message."""
