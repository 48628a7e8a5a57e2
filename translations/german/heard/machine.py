"""What goes wrong with the computer, its disk, its models and the backend itself."""

MACHINE = {
    # The backend
    "In the preferences, install the backend again, or choose another Python where you have named one.": (
        "In den Einstellungen das Backend neu installieren oder, wo dort ein eigenes Python genannt ist, ein anderes "
        "wählen."
    ),
    "Install the backend again; a Python of your own needs what “{}” lists.": (
        "Das Backend neu installieren; ein eigenes Python braucht, was in „{}“ steht."
    ),
    "No other version has left a backend in the data folder.": (
        "Keine andere Version hat im Datenordner ein Backend hinterlassen."
    ),
    "There is nothing to free.": "Es gibt nichts freizugeben.",
    "Press Copy Details, and report it.": "„Einzelheiten kopieren“ drücken und es melden.",
    "Start it again.": "Es noch einmal starten.",
    "Start it in the “Backend” panel.": "Es im Panel „Backend“ starten.",
    "Start the backend again.": "Das Backend noch einmal starten.",
    "The backend does not answer.": "Das Backend antwortet nicht.",
    "The backend ended as soon as it had started.": "Das Backend endete, kaum dass es gestartet war.",
    "The backend ended: it {said}.": "Das Backend endete: Es {said}.",
    "The backend ended: it {said}, saying “{}”.": "Das Backend endete: Es {said} und sagte „{}“.",
    "The graphics card was lost: {}.": "Die Grafikkarte ging verloren: {}.",
    "Start the backend again and resume: what is finished is kept.": (
        "Das Backend noch einmal starten und fortsetzen: Was fertig ist, bleibt."
    ),
    "The backend did not come up: it {said}.": "Das Backend kam nicht hoch: Es {said}.",
    "The backend did not come up: it {said}, saying “{}”.": "Das Backend kam nicht hoch: Es {said} und sagte „{}“.",
    "Resume starts it again.": "„Fortsetzen“ startet es wieder.",
    "The whole log is {}.": "Das ganze Protokoll ist {}.",
    "The backend failed at “{}”: {}": "Das Backend scheiterte bei „{}“: {}",
    "The backend has not answered for {} seconds.": "Das Backend hat seit {} Sekunden nicht geantwortet.",
    "The backend is not running.": "Das Backend läuft nicht.",
    "The backend is still at work with the preferences from before.": (
        "Das Backend arbeitet noch mit den vorigen Einstellungen."
    ),
    "The backend could not read in a package it needs: {}: {}.": (
        "Das Backend konnte ein Paket, das es braucht, nicht einlesen: {}: {}."
    ),
    "The backend lacks a package it needs: {}.": "Dem Backend fehlt ein Paket: {}.",
    "The backend's Python cannot be started: {}: “{}”.": "Das Python des Backends lässt sich nicht starten: {}: „{}“.",
    "The backend's log has the details: please report them.": (
        "Das Protokoll des Backends hat die Einzelheiten: bitte melden."
    ),
    "The link to the backend broke: {}: {}.": "Die Verbindung zum Backend riss ab: {}: {}.",
    "There is no connection file “{}”.": "Es gibt keine Verbindungsdatei „{}“.",
    "“{}” is not a connection file.": "„{}“ ist keine Verbindungsdatei.",
    "This backend serves another Blender already.": "Dieses Backend dient schon einem anderen Blender.",
    "Close that one first.": "Zuerst jenes schließen.",
    "Look at its log, and start it again.": "Sein Protokoll ansehen und es noch einmal starten.",
    "Start “python -B -m backend serve --wait” in this extension's folder, which its preferences name, with a Python "
    "that has the backend's packages.": (
        "„python -B -m backend serve --wait“ im Ordner dieser Erweiterung starten, den ihre Einstellungen nennen, mit "
        "einem Python, das die Pakete des Backends hat."
    ),
    # The device and the disk
    "Allow reading it, or choose another file.": "Das Lesen erlauben oder eine andere Datei wählen.",
    "Allow writing there, or choose another studies folder in the preferences.": (
        "Dort das Schreiben erlauben oder in den Einstellungen einen anderen Ordner für Studien wählen."
    ),
    "Choose a folder that you may write to.": "Einen Ordner wählen, in den geschrieben werden darf.",
    "Choose a studies folder with a shorter path in the preferences.": (
        "In den Einstellungen einen Ordner für Studien mit kürzerem Pfad wählen."
    ),
    "Close what else uses the device's memory, or choose half precision or another device.": (
        "Schließen, was sonst den Speicher des Geräts nutzt, oder halbe Genauigkeit oder ein anderes Gerät wählen."
    ),
    "Leave the device empty for the best there is.": "Das Gerät leer lassen: Dann ist es das beste.",
    "Look whether the disk is still there and well.": "Nachsehen, ob die Platte noch da und heil ist.",
    "Make room on the disk that holds {} and go on: what is finished is kept.": (
        "Auf der Platte mit {} Platz schaffen und fortsetzen: Was fertig ist, bleibt."
    ),
    "Make room on the disk that holds “{}”, and open the example again.": (
        "Auf der Platte mit „{}“ Platz schaffen und das Beispiel neu öffnen."
    ),
    "Move that file away, or choose another studies folder in the preferences.": (
        "Jene Datei wegräumen oder in den Einstellungen einen anderen Ordner für Studien wählen."
    ),
    "Only {} of {} frames of the example could be written.": "Nur {} von {} Bildern des Beispiels wurden geschrieben.",
    "The device's memory does not hold the model “{}”.": "Der Speicher des Geräts fasst das Modell „{}“ nicht.",
    "The disk is full: “{}” could not be written.": "Die Platte ist voll: „{}“ wurde nicht geschrieben.",
    "The path “{}” is too long for this disk.": "Der Pfad „{}“ ist zu lang für diese Platte.",
    "This computer has no device “{}” that torch can use.": "Dieser Rechner hat kein Gerät „{}“ für torch.",
    "“{}” cannot be a folder: a file is in its way.": "„{}“ kann kein Ordner sein: Eine Datei ist im Weg.",
    "“{}” cannot be read: you are not allowed to.": "„{}“ lässt sich nicht lesen: Es ist nicht erlaubt.",
    "“{}” cannot be written.": "„{}“ lässt sich nicht schreiben.",
    "“{}” cannot be written: {} is read-only for you.": "„{}“ lässt sich nicht schreiben: {} ist schreibgeschützt.",
    "“{}” could not be read or written ({}).": "„{}“ ließ sich nicht lesen oder schreiben ({}).",
    # Studies
    "Choose the folder that holds the strip's study.json.": "Den Ordner mit der study.json des Streifens wählen.",
    "Delete it and sample the frames again.": "Sie löschen und die Bilder neu lesen.",
    "Put it back from a backup, or move the folder away to begin anew.": (
        "Sie aus einer Sicherung holen oder den Ordner wegräumen, um neu zu beginnen."
    ),
    "See that no other program works on it, and start again: what is finished is kept.": (
        "Dafür sorgen, dass kein anderes Programm daran arbeitet, und neu starten: Was fertig ist, bleibt."
    ),
    "The study “{}” is being written by {}.": "An der Studie „{}“ schreibt gerade {}.",
    "The study “{}” is no longer held by this program.": "Die Studie „{}“ gehört nicht mehr diesem Programm.",
    "Update Steady Diffusion to work on it.": "Steady Diffusion dafür aktualisieren.",
    "Wait until it is done, or end it.": "Warten, bis es fertig ist, oder es beenden.",
    "Wait until it is done; if that computer is off, delete “{}”.": (
        "Warten, bis es fertig ist; ist jener Rechner aus, „{}“ löschen."
    ),
    "“{}” holds no study.": "„{}“ enthält keine Studie.",
    "“{}” is damaged: {said}.": "„{}“ ist beschädigt: {said}.",
    "it is not JSON": "es ist kein JSON",
    "it is not an object": "es ist kein Objekt",
    "its fingerprints are not texts": "seine Fingerabdrücke sind keine Texte",
    "its parameters are not what they should be": "seine Parameter sind nicht, was sie sein sollen",
    "its id is not eight hex digits": "seine Kennung sind nicht acht Hexadezimalziffern",
    "it does not begin with the source": "es beginnt nicht mit der Quelle",
    "{} of {} were deleted before.": "{} von {} wurden zuvor gelöscht.",
    "“{}” already holds a study.": "„{}“ enthält schon eine Studie.",
    "Open it, or choose another folder.": "Sie öffnen oder einen anderen Ordner wählen.",
    "“{}” is a link to a folder somewhere else.": "„{}“ ist ein Verweis auf einen Ordner anderswo.",
    "Delete that folder yourself, and then the link.": "Jenen Ordner selbst löschen, und dann den Verweis.",
    "“{}” is not a picture that can be read.": "„{}“ ist kein lesbares Bild.",
    "“{}” was made by a newer Steady Diffusion.": "„{}“ stammt von einem neueren Steady Diffusion.",
    # Models
    "A diffusers folder has them as folders of its own: download the model again, or choose another.": (
        "Ein Ordner von diffusers hat sie als eigene Ordner: das Modell neu herunterladen oder ein anderes wählen."
    ),
    "Allow downloading it, or choose pocket, which ships with Steady Diffusion.": (
        "Das Herunterladen erlauben oder pocket wählen, das zu Steady Diffusion gehört."
    ),
    "Ask for it on its page there and start Blender with your token in HF_TOKEN, or choose another model.": (
        "Auf seiner Seite dort darum bitten und Blender mit dem eigenen Token in HF_TOKEN starten, oder ein anderes "
        "Modell wählen."
    ),
    "Convert it, which reads its tensors only: {}": "Es umwandeln, was nur seine Tensoren liest: {}",
    "Choose a text-to-image model of the Stable Diffusion 1 or 2 family.": (
        "Ein Text-zu-Bild-Modell der Familie Stable Diffusion 1 oder 2 wählen."
    ),
    "Choose a whole checkpoint of Stable Diffusion 1 or 2: an adapter or a lone VAE is no model.": (
        "Einen ganzen Checkpoint von Stable Diffusion 1 oder 2 wählen: Ein Adapter oder ein bloßes VAE ist kein Modell."
    ),
    "Choose pocket, a diffusers folder, a .safetensors file, or a hub id such as maker/model.": (
        "pocket, einen Ordner von diffusers, eine .safetensors-Datei oder eine Kennung des Hubs wie maker/model wählen."
    ),
    "Download it again, or choose another model.": "Es neu herunterladen oder ein anderes Modell wählen.",
    "Download it again.": "Es neu herunterladen.",
    "Look at its name and at the connection, or choose pocket, which ships with Steady Diffusion.": (
        "Den Namen und die Verbindung prüfen oder pocket wählen, das zu Steady Diffusion gehört."
    ),
    "Look at its name, or choose pocket, which ships with Steady Diffusion.": (
        "Den Namen prüfen oder pocket wählen, das zu Steady Diffusion gehört."
    ),
    "Look at the connection.": "Die Verbindung prüfen.",
    "The hub could not be asked about “{}” ({}).": "Der Hub ließ sich nach „{}“ nicht fragen ({}).",
    "The hub shows no model “{}”.": "Der Hub zeigt kein Modell „{}“.",
    "There is no model “{}”.": "Es gibt kein Modell „{}“.",
    "Try again: what is here already is kept.": "Noch einmal versuchen: Was schon da ist, bleibt.",
    "“{}” could not be downloaded ({}).": "„{}“ ließ sich nicht herunterladen ({}).",
    "“{}” could not be downloaded: it {}.": "„{}“ ließ sich nicht herunterladen: Es {}.",
    "“{}” is given only to those whom its maker lets in.": "„{}“ bekommt nur, wen sein Urheber einlässt.",
    "“{}” is a pickled checkpoint, and loading one can run code that came with it.": (
        "„{}“ ist ein Pickle-Checkpoint: Einen zu laden kann Code ausführen, der darin steckt."
    ),
    "“{}” is damaged ({}).": "„{}“ ist beschädigt ({}).",
    "“{}” is made for inpainting or editing by instruction: its UNet takes a second picture.": (
        "„{}“ ist fürs Ausbessern oder Ändern nach Anweisung: Sein UNet nimmt ein zweites Bild."
    ),
    "“{}” is no model.": "„{}“ ist kein Modell.",
    "“{}” is not on this computer.": "„{}“ ist nicht auf diesem Rechner.",
    "“{}” lacks its {said}.": "„{}“ fehlt: {said}.",
    "text encoder": "Text-Encoder",
    "tokenizer": "Tokenizer",
    "scheduler": "Scheduler",
    "“{}” cannot be loaded ({}).": "„{}“ lässt sich nicht laden ({}).",
    "The {said} of “{}” lacks {} of its weights, {} first.": "{said} von „{}“: {} Gewichte fehlen, zuerst {}.",
    "The UNet of “{}” wants to be told more than a prompt: it is of another family.": (
        "Das UNet von „{}“ will mehr als einen Prompt gesagt bekommen: Es ist aus einer anderen Familie."
    ),
    "The UNet of “{}” reads prompts of width {}, and its text encoder writes {}: they belong to different models.": (
        "Das UNet von „{}“ liest Prompts der Breite {}, und sein Text-Encoder schreibt {}: Sie gehören zu "
        "verschiedenen Modellen."
    ),
    "The UNet of “{}” takes {} channels, and its VAE gives {}: they belong to different models.": (
        "Das UNet von „{}“ nimmt {} Kanäle, und sein VAE gibt {}: Sie gehören zu verschiedenen Modellen."
    ),
    "The model predicts “{}”.": "Das Modell sagt „{}“ vorher.",
    "Only epsilon and v_prediction are known.": "Nur epsilon und v_prediction sind bekannt.",
    "The pocket model is not in {}: install the extension again.": (
        "Das Modell pocket liegt nicht in {}: die Erweiterung neu installieren."
    ),
    "The pocket model's file {} is damaged: install the extension again.": (
        "Die Datei {} des Modells pocket ist beschädigt: die Erweiterung neu installieren."
    ),
    "The pocket model's file {} is missing: install the extension again.": (
        "Die Datei {} des Modells pocket fehlt: die Erweiterung neu installieren."
    ),
    "Until then, choose another model.": "Bis dahin ein anderes Modell wählen.",
    "Choose one whose files lie in unet/, vae/ and so on.": "Eines wählen, dessen Dateien in unet/, vae/ usw. liegen.",
    "“{}” on the hub is no diffusers model.": "„{}“ auf dem Hub ist kein Modell für diffusers.",
    "“{}” on the hub lacks its {said}.": "„{}“ auf dem Hub fehlt: {said}.",
    "On the hub “{}” has pickled weights only, and loading those can run code that came with them.": (
        "Auf dem Hub hat „{}“ nur Pickle-Gewichte: Sie zu laden kann Code ausführen, der darin steckt."
    ),
    "Choose one that has safetensors, or get it yourself and convert it: {}": (
        "Eines mit safetensors wählen oder es selbst holen und umwandeln: {}"
    ),
}
