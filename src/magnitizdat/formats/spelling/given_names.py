"""Given names that are one name in several languages: who types Mike also means Майк."""

from __future__ import annotations

_GROUPS = """
mike mayk maik majk майк міке михаил mikhail michael michail michal michel mikael misha миша михайло мікаел
victor viktor wiktor виктор віктор
peter pyotr petr piotr pierre petro пётр петр петро pjotr
john jean jan ivan johann johannes hans иван іван іван ян иоганн джон
paul pavel pavlo pawel павел павло пол paweł
andrew andrei andrey andrej andre andreas andrii андрей андрій andrzej
alexander alexandre aleksandr oleksandr alex александр олександр aleksander alessandro
alexei alexey aleksei alexis алексей олексій oleksii
george georges georg georgy georgi yuri yury juri юрий георгий юрій georgij jerzy
eugene eugen evgeny yevgeny evgeni евгений євген yevhen jewgeni eugeniusz
basil vasily vasili wassili vasyl василий василь
gregory grigory grigori hryhorii григорий григорій grzegorz gregor grégoire
catherine katherine katharina ekaterina kateryna екатерина катерина katarzyna kate катя katya
helen helena elena olena hélène елена олена jelena alena
constantine konstantin constantin kostiantyn константин костянтин konstanty
leo lev leon лев лео leo léo
mary maria marie mariya мария марія marija марія
nicholas nikolai nikolay nicolas nikolaus mykola николай микола mikołaj nick
natalie natalia nathalie nataliya наталья наталия наталя natalja
philip philipp philippe filipp filip филипп пилип
sergei sergey serge serhii sergej сергей сергій сергий
sophia sofia sophie sofya софия софья софія zofia sofie
stephen steven stefan stepan étienne степан стефан стивен szczepan
timothy timofey timofei tim тимофей tymofii
theodore fyodor fedor theodor feodor fedir фёдор федор федір teodor
joseph josef iosif osip иосиф осип йосип józef giuseppe
jacob yakov jakob jacques яков яків jakub james джеймс
matthew matvey matthias matthieu матвей матвій mateusz matvei
daniel daniil danil даниил данило danylo данил
simon semyon semen семён семен семен szymon
elizabeth elizaveta elisabeth елизавета єлизавета elżbieta
julia yulia julie юлия юлія iulia
jeanne zhanna joanna johanna жанна jane jana иоанна
anthony anton antoine antoni антон antonio
vladimir volodymyr waldemar wladimir włodzimierz владимир володимир vladimír
dmitri dmitry dmytro дмитрий дмитро demetrius dimitri
anna anne ann ганна hanna анна
xenia ksenia oksana ксения оксана
lawrence lavrentiy laurent лаврентий
laura лаура lora лора
max maxim maksim maksym максим макс
alla алла
barbara varvara варвара
thomas foma tomasz томас фома
charles karl carl karel карл чарльз karol
henry heinrich henri genrikh генрих генри henryk
louis ludwig ludvig людвиг луи ludwik
edward eduard edouard эдуард едуард
arthur artur артур
boris borys борис
ringo ринго
george джордж
mick мик
david дэвид давид dawid
jim джим
jimmy джимми
bob боб
"""


def _read(groups: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for line in groups.strip().splitlines():
        names = line.split()
        for name in names:
            found.setdefault(name, {}).update(dict.fromkeys(other for other in names if other != name))
    return {name: tuple(others) for name, others in found.items()}


_EQUIVALENTS = _read(_GROUPS)


def equivalents(word: str) -> tuple[str, ...]:
    """Other forms of a given name, folded as `words` does; none of any other word."""
    return _EQUIVALENTS.get(word, ())
