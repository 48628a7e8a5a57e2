"""What a request asks for that cannot be, such as numbers out of their range, and what both sides say of messages."""

ASKING = {
    # Numbers
    "{} are usual.": "Üblich sind {}.",
    "{} is usual.": "Üblich ist {}.",
    "{} is usual, and {} is without.": "Üblich ist {}, und {} ist ohne.",
    "{} is usual; {} is without.": "Üblich ist {}; {} ist ohne.",
    "Choose from {} to {}; {} is usual.": "Von {} bis {} wählen; üblich ist {}.",
    "Choose from {} to {}; {} is without.": "Von {} bis {} wählen; {} ist ohne.",
    "Choose {} to {}.": "{} bis {} wählen.",
    "Choose {} to {}; {} is usual.": "{} bis {} wählen; üblich ist {}.",
    "Choose one above {}, and {} at most.": "Mehr als {} und höchstens {} wählen.",
    "Choose one such as {}, or {} for it.": "Eine wie {} wählen, oder {}: Dann ist es die übliche.",
    "The seed is {}.": "Der Seed ist {}.",
    "The share of the noise is {}.": "Der Anteil des Rauschens ist {}.",
    "The attention to the look is {}.": "Die Aufmerksamkeit auf den Look ist {}.",
    "The learning rate is {}.": "Die Lernrate ist {}.",
    "{} steps do not fit below timestep {}.": "{} Schritte passen nicht unter den Zeitschritt {}.",
    "The timesteps {} do not fall from below {} to 0.": "Die Zeitschritte {} fallen nicht von unter {} bis 0.",
    "Give each once, the largest first.": "Jeden einmal nennen, den größten zuerst.",
    "{} candidates are too few.": "{} Kandidaten sind zu wenige.",
    "Ask for one or more; {} is usual.": "Um einen oder mehr bitten; üblich sind {}.",
    "{} candidates are too many for one request.": "{} Kandidaten sind zu viele auf einmal.",
    "Ask for up to {} at once.": "Um höchstens {} auf einmal bitten.",
    "{} reference frames are too few: choose at least one.": (
        "{} Referenzbilder sind zu wenige: mindestens eines wählen."
    ),
    "{} are enough for most strips.": "{} reichen für die meisten Streifen.",
    "{} iterations are too few.": "{} Wiederholungen sind zu wenige.",
    "The rank is {}.": "Der Rang ist {}.",
    "A batch of {} holds nothing.": "Ein Stapel von {} enthält nichts.",
    "Late steps below {} are none.": "Späte Schritte unter {} sind keine.",
    "The share of looks is {}.": "Der Anteil der Looks ist {}.",
    "The share at the start is {}.": "Der Anteil am Anfang ist {}.",
    "The share astray is {}.": "Der Anteil abseits ist {}.",
    "The angle of the noise is {}°.": "Der Winkel des Rauschens ist {}°.",
    "{} encodings are too few.": "{} Kodierungen sind zu wenige.",
    "{} is the look as it is; {} is usual.": "{} ist der Look, wie er ist; üblich ist {}.",
    "A look cannot be spread over {} frames.": "Ein Look lässt sich nicht auf {} Bilder ausbreiten.",
    "{} leaves it where it is.": "{} lässt ihn, wo er ist.",
    "{} frames at once are too few.": "{} Bilder auf einmal sind zu wenige.",
    "Ask for one or more, or for {}, which is what the device holds.": (
        "Um eines oder mehr bitten, oder um {}: So viele, wie das Gerät fasst."
    ),
    "A network of width {} holds nothing.": "Ein Netz der Breite {} enthält nichts.",
    "{} steps are too few.": "{} Schritte sind zu wenige.",
    "{} channels are too few.": "{} Kanäle sind zu wenige.",
    "A network with {} heads is not known.": "Ein Netz mit {} Köpfen ist nicht bekannt.",
    "Choose {}, or {} for two styles.": "{} wählen, oder {} für zwei Stile.",
    "The features' weight is {}.": "Das Gewicht der Merkmale ist {}.",
    "{} frames a second make no GIF.": "{} Bilder in der Sekunde geben kein GIF.",
    "A GIF cannot be {} pixels wide.": "Ein GIF kann nicht {} Pixel breit sein.",
    "A GIF cannot be {}×{} pixels large.": "Ein GIF kann nicht {}×{} Pixel groß sein.",
    "Give it a smaller width.": "Eine kleinere Breite angeben.",
    "Choose from {} to {}, or {} for that of the pictures.": "Von {} bis {} wählen, oder {} für die Breite der Bilder.",
    # Messages between Blender and its backend
    "A message is not JSON.": "Eine Nachricht ist kein JSON.",
    "A message is not a JSON-RPC object.": "Eine Nachricht ist kein JSON-RPC-Objekt.",
    "A message is too large for the socket.": "Eine Nachricht ist zu groß für den Socket.",
    "A request needs an id of its own.": "Eine Anfrage braucht eine eigene Kennung.",
    "A {said} is larger than the {} MiB that are allowed.": "{said}: größer als die {} MiB, die erlaubt sind.",
    "A {said} stopped halfway.": "{said}: blieb auf halbem Weg stehen.",
    "blob": "Anhang",
    "message": "Nachricht",
    "A picture of {}×{} has {} bytes, and {} came.": "Ein Bild von {}×{} hat {} Bytes, und {} kamen an.",
    "A frame comes as {} blobs, and {} came.": "Ein Bild kommt in {} Teilen, und {} kamen an.",
    "A study's folder is a full path, and not “{}”.": "Der Ordner einer Studie ist ein ganzer Pfad und nicht „{}“.",
    "A study's id is eight hex digits, and not “{}”.": (
        "Die Kennung einer Studie sind acht Hexadezimalziffern und nicht „{}“."
    ),
    "Frame {} was not asked for: the study holds {} to {}.": (
        "Um das Bild {} hat niemand gebeten: Die Studie hat {} bis {}."
    ),
    "Frames are worked on at multiples of 8 pixels, and not at {}×{}.": (
        "Gearbeitet wird in Vielfachen von 8 Pixeln und nicht mit {}×{}."
    ),
    "No backend is listening where it said it would.": "Wo das Backend sein wollte, hört keines zu.",
    "Send fewer at once.": "Weniger auf einmal schicken.",
    "Something else, or another version, is at the other end: start the backend of this extension.": (
        "Am anderen Ende ist etwas anderes oder eine andere Version: das Backend dieser Erweiterung starten."
    ),
    "Stop that backend, and start “python -B -m backend serve --wait” in this extension's folder, which its "
    "preferences name.": (
        "Jenes Backend beenden und „python -B -m backend serve --wait“ im Ordner dieser Erweiterung starten, den ihre "
        "Einstellungen nennen."
    ),
    "Start the backend again, and use its new key.": "Das Backend neu starten und seinen neuen Schlüssel nehmen.",
    "The backend failed.": "Das Backend scheiterte.",
    "The backend has not answered yet.": "Das Backend hat noch nicht geantwortet.",
    "The first request must be “hello”.": "Die erste Anfrage muss „hello“ sein.",
    "The key is wrong: this backend belongs to another session.": (
        "Der Schlüssel ist falsch: Dieses Backend gehört zu einer anderen Sitzung."
    ),
    "The other side does not answer.": "Die andere Seite antwortet nicht.",
    "The other side is gone.": "Die andere Seite ist weg.",
    "The other side went away in the middle of a message.": "Die andere Seite ging mitten in einer Nachricht weg.",
    "The {said} is version {}, and the {said2} is version {}.": "{said}: Version {}; {said2}: Version {}.",
    "backend": "Backend",
    "extension": "Erweiterung",
    "This backend has nothing that does “{}”.": "Dieses Backend hat nichts für „{}“.",
    "Too many frames wait in the queue.": "Zu viele Bilder warten in der Schlange.",
    "Use smaller frames.": "Kleinere Bilder nehmen.",
    "“{}” is not known here.": "„{}“ ist hier nicht bekannt.",
    "{} has no field “{}”.": "{} hat kein Feld „{}“.",
    "{} has no field “{}”": "{} hat kein Feld „{}“",
    "{} lacks “{}”.": "{} fehlt „{}“.",
    "{} lacks “{}”": "{} fehlt „{}“",
    "{} should be {}, and is {}.": "{} sollte {} sein und ist {}.",
    "{} should be {}, and is {}": "{} sollte {} sein und ist {}",
}
