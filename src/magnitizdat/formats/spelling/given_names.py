"""Given names that are one name in several languages: who types Mike also means Майк."""

from __future__ import annotations

_GROUPS = """
mike mayk maik majk майк міке михаил mikhail michael michail michal michel mikael misha миша михайло мікаел
victor viktor wiktor виктор віктор витя vitya vitja victoire
peter pyotr petr piotr pierre petro пётр петр петро pjotr петя petya petja
john jean jan ivan johann johannes hans иван іван іван ян иоганн джон ваня vanya vanja johnny giovanni juan
paul pavel pavlo pawel павел павло пол paweł паша pasha pavlik
andrew andrei andrey andrej andre andreas andrii андрей андрій andrzej андрюша andrea andré
alexander alexandre aleksandr oleksandr alex александр олександр aleksander alessandro саша sasha sascha sacha \
шура shura aleksandra alexandra александра oleksandra олександра
alexei alexey aleksei alexis алексей олексій oleksii лёша леша lyosha lesha aljoscha alyosha алёша алеша
george georges georg georgy georgi yuri yury juri юрий георгий юрій georgij jerzy егор egor yegor jegor iegor \
егорий юра yura jura гоша gosha жора zhora jorge giorgio юрко jiří
eugene eugen evgeny yevgeny evgeni евгений євген yevhen jewgeni eugeniusz женя zhenya zhenja eugenia evgenia евгения
basil vasily vasili wassili vasyl василий василь вася vasya vasja
gregory grigory grigori hryhorii григорий григорій grzegorz gregor grégoire гриша grisha grischa гриць
catherine katherine katharina ekaterina kateryna екатерина катерина katarzyna kate катя katya катюша катерина \
katerina cathy katia
helen helena elena olena hélène елена олена jelena alena лена lena ellen алёна алена alyona aljona
constantine konstantin constantin kostiantyn константин костянтин konstanty костя kostya kostja
leo lev leon лев лео leo léo лёва лева lyova
mary maria marie mariya мария марія marija марія маша masha mascha маруся marusya
nicholas nikolai nikolay nicolas nikolaus mykola николай микола mikołaj nick коля kolya kolja niccolò nils
natalie natalia nathalie nataliya наталья наталия наталя natalja наташа natasha natascha natacha
philip philipp philippe filipp filip филипп пилип филя
sergei sergey serge serhii sergej сергей сергій сергий серёжа сережа seryozha serezha sergio sergii serhiy
sophia sofia sophie sofya софия софья софія zofia sofie соня sonya sonja sonia
stephen steven stefan stepan étienne степан стефан стивен szczepan стёпа степа styopa steve stefano esteban
timothy timofey timofei tim тимофей tymofii
theodore fyodor fedor theodor feodor fedir фёдор федор федір teodor федя fedya fedja
joseph josef iosif osip иосиф осип йосип józef giuseppe osya ося jose
jacob yakov jakob jacques яков яків jakub james джеймс яша yasha jascha jacques jack
matthew matvey matthias matthieu матвей матвій mateusz matvei
daniel daniil danil даниил данило danylo данил
simon semyon semen семён семен семен szymon сеня senya
elizabeth elizaveta elisabeth елизавета єлизавета elżbieta лиза liza lisa
julia yulia julie юлия юлія iulia юля yulya julie giulia
jeanne zhanna joanna johanna жанна jane jana иоанна
anthony anton antoine antoni антон antonio антоша tony
vladimir volodymyr waldemar wladimir włodzimierz владимир володимир vladimír володя volodya wolodja вова vova
dmitri dmitry dmytro дмитрий дмитро demetrius dimitri дима dima митя mitya dimitrij
anna anne ann ганна hanna анна аня anya anja нюра hannah
xenia ksenia oksana ксения оксана ксюша ksyusha
lawrence lavrentiy laurent лаврентий
laura лаура lora лора
max maxim maksim maksym максим макс
alla алла
barbara varvara варвара
thomas foma tomasz томас фома
charles karl carl karel карл чарльз karol
henry heinrich henri genrikh генрих генри henryk
louis ludwig ludvig людвиг луи ludwik
edward eduard edouard эдуард едуард эдик edik eddie edvard
arthur artur артур arturo
boris borys борис боря borya
ringo ринго
george джордж
mick мик
david дэвид давид dawid
jim джим
jimmy джимми
bob боб robert роберт
tatiana tatyana tatjana тетяна tetiana татьяна таня tanya tanja tania
vyacheslav viacheslav wjatscheslaw вячеслав slava слава
stanislav stanislaw станислав станіслав stas стас
vladislav vladyslav wladislaw władysław владислав vlad влад
yaroslav jaroslav jaroslaw ярослав
svyatoslav sviatoslav swjatoslaw святослав slava слава
rostislav rostyslav ростислав slava слава
igor ihor ігор игорь
oleg oleh олег
olga olha ольга оля olya olja helga
ilya ilia ilja elijah elias илья ілля illia
roman рома roma роман
gennady gennadi gennadij hennadii геннадий геннадій гена gena
leonid leonidas leonhard леонид леонід лёня леня lyonya
anatoly anatoli anatolij anatolii анатолий анатолій anatole толя tolya
arkady arkadi arkadij аркадий аркадій
kirill kyrylo cyril cyrill кирилл кирило
nikita mykyta никита микита
lyubov lubov ljubow liubov любовь люба lyuba luba
nadezhda nadia nadya nadja надежда надія надя
svetlana svitlana swetlana светлана світлана sveta света
irina iryna irene ирина ірина ira ира
anastasia anastasiya anastasija анастасия анастасія настя nastya nastja
margarita margaret margarete маргарита rita рита
galina halyna галина galya галя
lyudmila liudmyla ludmila людмила lyuda люда
valery valeri valerij valerii валерий валерій valera валера
valentin valentyn валентин valya валя
victoria viktoria viktoriya виктория вікторія vika вика
darya daria darja дарья дарія dasha даша
mark marc marcus marko марк марко
luka luke lucas lukas лука
zakhar zachary захар
samuel samuil самуил самуїл sam
isaac isaak исаак ісаак
abraham abram авраам абрам
denis dennis denys денис
julius julii yuliy julij юлий юлій
ignat ignatius hnat игнат гнат
martha marfa марфа
cosmas kuzma kosma кузьма
vsevolod wsewolod всеволод seva сева
veronika veronica вероника вероніка
yefim efim jefim ефим юхим
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
