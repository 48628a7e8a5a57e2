"""Tooltips of a strip's settings and of the preferences, and of what can be chosen in them."""

SETTINGS = {
    # Which study is a strip's
    "The id of the study that this strip belongs to. It is empty until the strip is first worked on": (
        "Die Kennung der Studie, zu der dieser Streifen gehört. Sie ist leer, bis am Streifen zum "
        "ersten Mal gearbeitet wird"
    ),
    "Where the study lies when it is not beside the .blend file, in the folder named “steady”": (
        "Wo die Studie liegt, wenn nicht neben der .blend-Datei im Ordner „steady“"
    ),
    "The full path of the study when it was last worked on. It is tried when the study is nowhere else": (
        "Der volle Pfad der Studie bei der letzten Arbeit. Er wird versucht, wenn sie sonst nirgends liegt"
    ),
    "Work on the study was asked for, and nothing had been written to it when this was last looked at": (
        "An der Studie sollte gearbeitet werden, und beim letzten Nachsehen stand noch nichts darin"
    ),
    "The study was begun before the file was first saved, and is still to come to lie beside it": (
        "Die Studie wurde vor dem ersten Speichern der Datei begonnen und soll noch neben sie ziehen"
    ),
    "Where the study lies that this strip was copied from. Its frames, looks and tuning can be used": (
        "Wo die Studie liegt, von deren Streifen dieser kopiert wurde. Bilder, Looks und Abstimmung sind nutzbar"
    ),
    "The ids of the studies that this strip was copied from, the nearest one first": (
        "Die Kennungen der Studien, von denen dieser Streifen abstammt, die nächste zuerst"
    ),
    "The name of the take that this strip shows. It is empty on every strip that is not a take": (
        "Der Name des Takes, den dieser Streifen zeigt. Er ist leer bei jedem Streifen, der kein Take ist"
    ),
    "The number of its first picture, counted from the start of its source's content": (
        "Die Nummer seines ersten Bildes, gezählt vom Anfang des Inhalts seiner Quelle"
    ),
    "The name of the strip that this take or comparison was made from": (
        "Der Name des Streifens, aus dem dieser Take oder Vergleich entstand"
    ),
    "Move, trim and cut this take or comparison together with the strip that it was made from": (
        "Diesen Take oder Vergleich mit dem Streifen verschieben, kürzen und schneiden, aus dem er entstand"
    ),
    "The id of the study whose takes this strip compares. It is empty on every strip that does not": (
        "Die Kennung der Studie, deren Takes dieser Streifen vergleicht. Sie ist leer bei jedem anderen Streifen"
    ),
    "Everything that made this take, as JSON text": "Alles, woraus dieser Take entstand, als JSON-Text",
    # Frames
    "The shorter side of the frames that are worked on, in pixels. Both sides become multiples of 8": (
        "Die kürzere Seite der bearbeiteten Bilder in Pixeln. Beide Seiten werden Vielfache von 8"
    ),
    "Which part of the picture is worked on. A take covers exactly this part": (
        "Welcher Teil des Bildes bearbeitet wird. Ein Take bedeckt genau diesen Teil"
    ),
    "Work on the bounding box of what the strip shows over its length": (
        "Das Rechteck um alles bearbeiten, was der Streifen über seine Länge zeigt"
    ),
    "Work on the largest centred square of what the strip shows, as the article does": (
        "Das größte mittige Quadrat dessen bearbeiten, was der Streifen zeigt, wie im Artikel"
    ),
    "How many of the strip's frames the model is tuned to reconstruct. They are chosen to cover it all": (
        "Auf wie viele Bilder des Streifens das Modell abgestimmt wird. Sie werden so gewählt, dass sie alles abdecken"
    ),
    "Work on a range of the timeline instead of on the whole strip": (
        "Einen Bereich der Zeitleiste bearbeiten statt des ganzen Streifens"
    ),
    "The first frame of the timeline that is worked on. What lies outside the strip is left out": (
        "Das erste Bild der Zeitleiste, das bearbeitet wird. Was außerhalb des Streifens liegt, bleibt weg"
    ),
    "The last frame of the timeline that is worked on. What lies outside the strip is left out": (
        "Das letzte Bild der Zeitleiste, das bearbeitet wird. Was außerhalb des Streifens liegt, bleibt weg"
    ),
    # Looks and painting
    "The frame of which looks are painted, counted from 1 where the strip's content starts. "
    "At 0 it is chosen: the one that all others are most like": (
        "Das Bild, von dem Looks gemalt werden, gezählt ab 1 am Anfang des Streifeninhalts. "
        "Bei 0 wird es gewählt: das, dem alle anderen am ähnlichsten sind"
    ),
    "How many looks are painted at a time, each from another noise, for you to choose from": (
        "Wie viele Looks auf einmal zur Auswahl gemalt werden, jeder aus anderem Rauschen"
    ),
    "How far a look may leave its frame. Colours may change a lot, and things should stay where they are": (
        "Wie weit sich ein Look von seinem Bild entfernen darf. "
        "Farben dürfen sich stark ändern, die Dinge sollten bleiben, wo sie sind"
    ),
    "How many steps lead from noise to a picture, of which a look walks the share that its strength is": (
        "Wie viele Schritte vom Rauschen zum Bild führen; ein Look geht davon den Anteil seiner Stärke"
    ),
    "How much the prompt counts: higher is more of it, and harsher": (
        "Wie viel der Prompt zählt: höher ist mehr davon, und härter"
    ),
    "The noise of the first candidate; the others count up from it": (
        "Das Rauschen des ersten Kandidaten; die anderen zählen von dort weiter"
    ),
    "What paints: “pocket”, the id of a Stable Diffusion 1 or 2 model on the Hugging Face hub, "
    "a diffusers folder, or a .safetensors file": (
        "Was malt: „pocket“, die Kennung eines Modells von Stable Diffusion 1 oder 2 im Hub von Hugging Face, "
        "ein Ordner von diffusers oder eine .safetensors-Datei"
    ),
    "What the strip is to look like, such as “an oil painting of a street at night”": (
        "Wie der Streifen aussehen soll, etwa „an oil painting of a street at night“: Die Modelle verstehen Englisch"
    ),
    "Settings that suit a kind of clip": "Einstellungen, die zu einer Art von Clip passen",
    "Streets, landscapes, things: tuned long, painted at strength 0.45": (
        "Straßen, Landschaften, Dinge: lange abgestimmt, mit Stärke 0,45 gemalt"
    ),
    "Faces and people: tuned shorter, painted at strength 0.325, so that they stay themselves": (
        "Gesichter und Menschen: kürzer abgestimmt, mit Stärke 0,325 gemalt, damit sie sie selbst bleiben"
    ),
    "The small model that ships: tuned whole and fast, and with no noise laid on": (
        "Das kleine mitgelieferte Modell: ganz und schnell abgestimmt, ohne aufgelegtes Rauschen"
    ),
    "What the article of 2022 did: the whole UNet is tuned, and literally paired": (
        "Was der Artikel von 2022 tat: Das ganze UNet wird abgestimmt und wörtlich gepaart"
    ),
    "Settings of your own. Choosing it changes nothing": "Eigene Einstellungen. Die Wahl ändert nichts",
    "How far a take may leave its source. The tuned model needs little: 0.45, and 0.325 for people": (
        "Wie weit sich ein Take von seiner Quelle entfernen darf. "
        "Das abgestimmte Modell braucht wenig: 0,45, bei Menschen 0,325"
    ),
    "How many steps lead from noise to a picture, of which a take walks the share that its strength is": (
        "Wie viele Schritte vom Rauschen zum Bild führen; ein Take geht davon den Anteil seiner Stärke"
    ),
    "How much more than the tuned model says the prompt counts. At 1 it is what was tuned, and takes half the time": (
        "Wie viel mehr der Prompt zählt, als das abgestimmte Modell sagt. "
        "Bei 1 ist es das Abgestimmte, in der halben Zeit"
    ),
    "How the way from noise to a picture is walked": "Wie der Weg vom Rauschen zum Bild gegangen wird",
    "Exact and even: what the article uses": "Genau und gleichmäßig: wie im Artikel",
    "DPM-Solver++ of second order: good with few steps": "DPM-Solver++ zweiter Ordnung: gut mit wenigen Schritten",
    "The same on Karras' steps, which are denser near the end. It begins at less noise": (
        "Dasselbe auf Karras' Schritten, die gegen Ende dichter liegen. Es beginnt bei weniger Rauschen"
    ),
    "Good with very few steps": "Gut mit sehr wenigen Schritten",
    "Plain and robust": "Schlicht und robust",
    "Euler's with a correction: twice the time for each step": (
        "Wie Euler mit einer Korrektur: doppelte Zeit für jeden Schritt"
    ),
    "The share of the noise that is laid on a frame before it is painted. "
    "With less the tuned model sees more of the frame; plain takes have all of it": (
        "Der Anteil des Rauschens, der vor dem Malen auf ein Bild gelegt wird. "
        "Mit weniger sieht das abgestimmte Modell mehr vom Bild; schlichte Takes haben alles"
    ),
    "How much a place in the chosen looks counts beside one of the frame's own while it is painted: "
    "1 is as much, 0 is without. Plain takes do without": (
        "Wie viel beim Malen eine Stelle der gewählten Looks neben einer des Bildes selbst zählt: "
        "1 ist gleich viel, 0 ist ohne. Schlichte Takes kommen ohne aus"
    ),
    "Which noise all frames of a take begin with": "Mit welchem Rauschen alle Bilder eines Takes beginnen",
    # Tuning
    "Use the tuning of another strip: its name, or the id of its study. Left empty, this strip has its own": (
        "Die Abstimmung eines anderen Streifens nutzen: sein Name oder die Kennung seiner Studie. "
        "Leer hat dieser Streifen seine eigene"
    ),
    "What of the model is tuned": "Was am Modell abgestimmt wird",
    "A small adapter beside the model: fast, and a few megabytes large": (
        "Ein kleiner Adapter neben dem Modell: schnell und wenige Megabyte groß"
    ),
    "All of the model's weights, as in the article: more memory, more disk, more time": (
        "Alle Gewichte des Modells, wie im Artikel: mehr Speicher, mehr Platz, mehr Zeit"
    ),
    "How fast it learns. At 0 it is the method's own: 0.0001 for a LoRA, 0.00001 for the whole UNet": (
        "Wie schnell es lernt. Bei 0 die Rate des Verfahrens: 0,0001 für eine LoRA, 0,00001 für das ganze UNet"
    ),
    "How much a LoRA can hold": "Wie viel eine LoRA fassen kann",
    "How many batches are learned from. More is closer to the look, and in the end too close": (
        "Aus wie vielen Stapeln gelernt wird. Mehr ist näher am Look, und am Ende zu nah"
    ),
    "How many pictures are learned from at once": "Aus wie vielen Bildern zugleich gelernt wird",
    "Only the noise levels below this one are tuned, of the thousand that the model knows": (
        "Nur die Rauschstufen unter dieser werden abgestimmt, von den tausend, die das Modell kennt"
    ),
    "How much of a batch are looks. The rest are reference frames, which keep the strip itself": (
        "Wie viel eines Stapels Looks sind. Der Rest sind Referenzbilder, die den Streifen selbst bewahren"
    ),
    "From where the model learns to reach a look": "Von wo aus das Modell lernt, einen Look zu erreichen",
    "On the straight way from the noised frame to its look: what rendering will see": (
        "Auf dem geraden Weg vom verrauschten Bild zu seinem Look: was beim Rendern zu sehen sein wird"
    ),
    "From the noised frame at every step, as the article says": (
        "In jedem Schritt vom verrauschten Bild aus, wie der Artikel sagt"
    ),
    "From the noised look, as models are usually tuned": (
        "Vom verrauschten Look aus, wie Modelle sonst abgestimmt werden"
    ),
    "How many of the looks are learned exactly where rendering starts": (
        "Wie viele der Looks genau dort gelernt werden, wo das Rendern beginnt"
    ),
    "How many of the other looks are learned from off the straight way, against the model's own errors": (
        "Wie viele der übrigen Looks abseits des geraden Wegs gelernt werden, gegen die Fehler des Modells"
    ),
    "How far the noise of tuning is from that of rendering, in degrees: 0 is the same, 90 is any other": (
        "Wie weit das Rauschen der Abstimmung von dem des Renderns weg ist, in Grad: "
        "0 ist dasselbe, 90 irgendein anderes"
    ),
    "Teach for guidance 1 also where more is rendered with, as the article did. It multiplies the edit": (
        "Auch dann für Führung 1 lehren, wenn mit mehr gerendert wird, wie im Artikel. Das vervielfacht die Änderung"
    ),
    "How many cropped, flipped and scaled copies of the looks are learned from, shared out among them, so that none is "
    "a single picture. At 1 they stay as they are": (
        "Aus wie vielen beschnittenen, gespiegelten und skalierten Kopien der Looks gelernt wird, auf sie verteilt, "
        "damit keiner ein einzelnes Bild ist. Bei 1 bleiben sie, wie sie sind"
    ),
    "Over how many frames of its shot a look is spread along the motion, as further examples": (
        "Über wie viele Bilder seiner Einstellung ein Look mit der Bewegung verteilt wird, als weitere Beispiele"
    ),
    "What chance decides in tuning": "Was beim Abstimmen der Zufall entscheidet",
    # Takes
    "How the take is rendered": "Wie der Take gerendert wird",
    "With the model that was taught this strip and its looks": (
        "Mit dem Modell, dem dieser Streifen und seine Looks beigebracht wurden"
    ),
    "Tuned, in a few steps from the same start. It is tuned for exactly those": (
        "Abgestimmt, in wenigen Schritten vom selben Anfang. Es wird für genau diese abgestimmt"
    ),
    "With the model as it came, for comparing. It flickers": (
        "Mit dem Modell, wie es kam, zum Vergleichen. Es flimmert"
    ),
    "How many steps a fast take walks": "Wie viele Schritte ein schneller Take geht",
    "Eight steps instead of all that the sampler walks": "Acht Schritte statt aller, die der Sampler geht",
    "Four steps: the fastest that is offered": "Vier Schritte: das Schnellste, das es gibt",
    "Another number, in the settings. Choosing it changes nothing": (
        "Eine andere Zahl, in den Einstellungen. Dies zu wählen ändert nichts"
    ),
    "Paint fast takes with a small decoder in place of the model's own. It is taught this strip at the end of "
    "tuning, and says what it loses": (
        "Schnelle Takes mit einem kleinen Decoder statt dem des Modells malen. Ihm wird dieser Streifen am Ende des "
        "Abstimmens beigebracht, und er sagt, was er verliert"
    ),
    "The prompt of the take. Left empty, it is the strip's own; where the model was taught others, the first "
    "of those": (
        "Der Prompt des Takes. Leer ist es der des Streifens; wo dem Modell andere beigebracht wurden, der erste davon"
    ),
    "How many frames are painted at a time. At 0 it is as many as the device holds": (
        "Wie viele Bilder auf einmal gemalt werden. Bei 0 so viele, wie das Gerät fasst"
    ),
    "Mute this strip and its earlier takes when a new take is laid in above it": (
        "Diesen Streifen und seine früheren Takes stummschalten, wenn ein neuer Take darüber eingelegt wird"
    ),
    # Smoothing
    "How many steps each shot is learned at most. It stops by itself when its pictures flicker. "
    "0 learns nothing and keeps all detail: it only evens the colours, which is better where nothing else flickers": (
        "Wie viele Schritte jede Einstellung höchstens gelernt wird. Es hört von selbst auf, wenn die Bilder flimmern. "
        "Bei 0 wird nichts gelernt und jede Einzelheit behalten: Es gleicht nur die Farben aus, und das ist besser, wo "
        "sonst nichts flimmert"
    ),
    "How large the network is: channels of its first level. Less is faster, and softer": (
        "Wie groß das Netz ist: Kanäle seiner ersten Stufe. Weniger ist schneller und weicher"
    ),
    "How fast it learns": "Wie schnell es lernt",
    "For a take that jumps between two looks: the network learns both and keeps what most frames show": (
        "Für einen Take, der zwischen zwei Looks springt: Das Netz lernt beide und behält, was meistens zu sehen ist"
    ),
    "Even brightness and colours first, where they drift or come and go and the strip's own do not: "
    "a network would learn that too": (
        "Erst Helligkeit und Farben ausgleichen, wo sie wandern oder kommen und gehen und die des Streifens nicht: Ein "
        "Netz würde das mitlernen"
    ),
    "Teach the network also where nothing flickers once the colours are even: it would cost detail": (
        "Das Netz auch lernen lassen, wo nichts flimmert, sobald die Farben ausgeglichen sind: Es kostet Einzelheiten"
    ),
    "How much the features of the model's own VAE count beside the pixels. It keeps strokes sharp; "
    "at 0 no model is loaded": (
        "Wie viel die Merkmale vom VAE des Modells neben den Pixeln zählen. Das hält Striche scharf; "
        "bei 0 wird kein Modell geladen"
    ),
    "Of all that is random in smoothing and spreading": "Von allem, was beim Glätten und Ausbreiten Zufall ist",
    # Preferences
    "The backend and its models are installed here, for every Blender on this computer": (
        "Hier werden das Backend und seine Modelle installiert, für jedes Blender auf diesem Rechner"
    ),
    "Studies of strips in a file that is not saved yet are kept here, and move beside the file when it is saved": (
        "Hier liegen Studien von Streifen in einer noch nicht gespeicherten Datei; beim Speichern "
        "ziehen sie neben sie um"
    ),
    "An existing Python that has the backend's packages. Leave it empty to use the backend that was installed": (
        "Ein vorhandenes Python mit den Paketen des Backends. Leer wird das installierte Backend benutzt"
    ),
    "Where models of the Hugging Face hub are kept. Leave it empty for “models” in the data folder": (
        "Wo Modelle vom Hub von Hugging Face liegen. Leer ist es „models“ im Datenordner"
    ),
    "Download a model of the Hugging Face hub when it is first used: about 4 GB for Stable Diffusion 1.5. "
    "Blender must be allowed online access, too": (
        "Ein Modell vom Hub von Hugging Face beim ersten Gebrauch herunterladen: etwa 4 GB für Stable Diffusion 1.5. "
        "Auch Blender muss der Zugang zum Netz erlaubt sein"
    ),
    "What is computed on, as torch names it, such as “cuda:1” or “cpu”. Empty is the best there is": (
        "Worauf gerechnet wird, wie torch es nennt, etwa „cuda:1“ oder „cpu“. Leer ist es das beste vorhandene"
    ),
    "How exactly is computed": "Wie genau gerechnet wird",
    "Half precision where the device computes faster in it": "Halbe Genauigkeit, wo das Gerät damit schneller rechnet",
    "32 bits: exact, and twice the memory": "32 Bit: genau, mit doppeltem Speicher",
    "16 bits, wherever the device knows them": "16 Bit, wo immer das Gerät sie kennt",
    "Say it in Blender's status bar, where it stays until you have seen it": (
        "Es in Blenders Statusleiste sagen, wo es bleibt, bis es gesehen wurde"
    ),
    "Never start a backend: connect to one that was started with “python -m backend serve --wait”": (
        "Nie ein Backend starten: sich mit einem verbinden, das mit „python -m backend serve --wait“ gestartet wurde"
    ),
    "Where the waiting backend wrote its address and key. Leave it empty for the place where it does by itself": (
        "Wohin das wartende Backend Adresse und Schlüssel schrieb. Leer ist es der Platz, an den es von selbst schreibt"
    ),
}
