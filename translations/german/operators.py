"""Tooltips of the operators, and of what they ask."""

OPERATORS = {
    # The strip, its frames and looks
    "The scene that holds the strip. It may be left out where the strip's name says enough": (
        "Die Szene mit dem Streifen. Sie kann wegbleiben, wo der Name des Streifens genügt"
    ),
    "The name of the strip to work on. Without it, the active strip is meant": (
        "Der Name des Streifens, um den es geht. Ohne ihn ist der aktive Streifen gemeint"
    ),
    "Read the strip's frames, and choose those that the model will be tuned on. What is up to date is kept": (
        "Die Bilder des Streifens lesen und die wählen, auf die das Modell abgestimmt wird. Was aktuell ist, bleibt"
    ),
    "Put the playhead on this frame of the strip": "Den Abspielkopf auf dieses Bild des Streifens setzen",
    "The number of the frame, counted from the start of the strip's content": (
        "Die Nummer des Bildes, gezählt vom Anfang des Streifeninhalts"
    ),
    "Show where the strip's study lies now, after its folder was moved. Choose the folder that holds study.json": (
        "Zeigen, wo die Studie des Streifens jetzt liegt, nachdem ihr Ordner verschoben wurde. "
        "Den Ordner mit study.json wählen"
    ),
    "Let go of a study that is lost or damaged. The next click begins a new one, and nothing on the disk is deleted": (
        "Von einer verlorenen oder beschädigten Studie ablassen. "
        "Der nächste Klick beginnt eine neue, und auf der Platte wird nichts gelöscht"
    ),
    "The folder that holds the strip's study.json": "Der Ordner mit der study.json des Streifens",
    "Use the looks and the tuning of the strip that this one was split or duplicated from. Nothing is changed there": (
        "Looks und Abstimmung des Streifens nutzen, von dem dieser abgetrennt oder kopiert wurde. "
        "Dort wird nichts geändert"
    ),
    "Paint candidates for how the strip shall look, on one of its frames. Choose one or more of them for tuning": (
        "Auf einem Bild des Streifens Vorschläge malen, wie er aussehen soll. "
        "Einen oder mehrere davon für die Abstimmung wählen"
    ),
    "What the look shows. Left out, it is the strip's": "Was der Look zeigt. Ohne Angabe der Prompt des Streifens",
    "What paints it. Left out, it is the strip's": "Womit gemalt wird. Ohne Angabe das Modell des Streifens",
    "The frame of which looks are painted, counted from 1 where the strip's content starts": (
        "Das Bild, von dem Looks gemalt werden, gezählt ab 1 am Anfang des Streifeninhalts"
    ),
    "How many are painted": "Wie viele gemalt werden",
    "How far a look may leave its frame": "Wie weit sich ein Look von seinem Bild entfernen darf",
    "The noise of the first candidate": "Das Rauschen des ersten Kandidaten",
    "Go on with the seeds after the last ones: other candidates": (
        "Mit den Startwerten nach den letzten weitermachen: andere Kandidaten"
    ),
    "Take over an image file that was painted elsewhere as a look of one frame, with the prompt that describes it": (
        "Eine anderswo gemalte Bilddatei als Look eines Bildes übernehmen, mit dem Prompt, der sie beschreibt"
    ),
    "The image file to take over": "Die Bilddatei, die übernommen wird",
    "Show images in the file browser": "Bilder im Dateibrowser zeigen",
    "Show folders in the file browser": "Ordner im Dateibrowser zeigen",
    "What the image shows. Left out, it is the strip's": "Was das Bild zeigt. Ohne Angabe der Prompt des Streifens",
    "The frame that was painted over, counted from 1 where the strip's content starts. "
    "At 0 it is the one under the playhead": (
        "Das Bild, das übermalt wurde, gezählt ab 1 am Anfang des Streifeninhalts. Bei 0 ist es das "
        "unter dem Abspielkopf"
    ),
    "Choose this look for tuning, and no other. Shift-click to choose several, or to leave one out again": (
        "Diesen Look für die Abstimmung wählen und keinen anderen. "
        "Mit Umschalt-Klick mehrere wählen oder einen wieder auslassen"
    ),
    "The name of the look, such as 012-3": "Der Name des Looks, etwa 012-3",
    "Choose it besides those that are chosen, or leave it out again": (
        "Ihn zu den gewählten hinzunehmen oder wieder auslassen"
    ),
    "Paint the next looks of the frame that is under the playhead": (
        "Die nächsten Looks von dem Bild malen, das unter dem Abspielkopf liegt"
    ),
    # Tuning and takes
    "Teach the model this strip and its chosen looks. What is tuned stays, and what was interrupted goes on": (
        "Dem Modell diesen Streifen und die gewählten Looks beibringen. "
        "Abgestimmtes bleibt, und Unterbrochenes geht weiter"
    ),
    "What is tuned. Left out, it is the strip's": "Was abgestimmt wird. Ohne Angabe das Modell des Streifens",
    "How many batches are learned from": "Aus wie vielen Stapeln gelernt wird",
    "Paint every frame of the strip, and lay the take in above it. Frames that are up to date are kept": (
        "Jedes Bild des Streifens malen und den Take darüber einlegen. Aktuelle Bilder bleiben"
    ),
    "The prompt of the take. Left out, it is the strip's": "Der Prompt des Takes. Ohne Angabe der des Streifens",
    "How far the take may leave its source": "Wie weit sich der Take von seiner Quelle entfernen darf",
    "Which noise all frames begin with": "Mit welchem Rauschen alle Bilder beginnen",
    "Restyle the strip with Stable Diffusion: stylize a frame, tune the model, and render a take without flicker. "
    "Every stage is done that is not up to date": (
        "Den Streifen mit Stable Diffusion umgestalten: ein Bild stilisieren, das Modell abstimmen und einen Take ohne "
        "Flimmern rendern. Jede Stufe wird erledigt, die nicht aktuell ist"
    ),
    "What the strip is to look like. Left out, it is the strip's": (
        "Wie der Streifen aussehen soll. Ohne Angabe der Prompt des Streifens"
    ),
    "pocket, a hub id, a folder or a .safetensors file. Left out, it is the strip's": (
        "Pocket, eine Kennung im Hub, ein Ordner oder eine .safetensors-Datei. Ohne Angabe das Modell des Streifens"
    ),
    "How many steps lead from noise to a picture": "Wie viele Schritte vom Rauschen zum Bild führen",
    "The first frame of the timeline that is restyled": "Das erste Bild der Zeitleiste, das umgestaltet wird",
    "The last frame of the timeline that is restyled": "Das letzte Bild der Zeitleiste, das umgestaltet wird",
    "Take the flicker out of a take (deflicker), by Deep Video Prior, and lay the smooth one in above it. "
    "What was interrupted goes on": (
        "Mit Deep Video Prior das Flimmern aus einem Take nehmen (Deflicker) und den glatten darüber einlegen. "
        "Unterbrochenes geht weiter"
    ),
    "The take to smooth. Left out, it is the topmost that is shown": (
        "Der Take, der geglättet wird. Ohne Angabe der oberste gezeigte"
    ),
    "How many steps each shot is learned at most": "Wie viele Schritte jede Einstellung höchstens gelernt wird",
    "For a take that jumps between two looks": "Für einen Take, der zwischen zwei Looks springt",
    "Spread the chosen looks over the whole strip and lay that in as a take: for one to five frames that were "
    "painted by hand or by a model. No model is tuned": (
        "Die gewählten Looks über den ganzen Streifen ausbreiten und das als Take einlegen: für ein bis fünf Bilder, "
        "die von Hand oder von einem Modell gemalt wurden. Kein Modell wird abgestimmt"
    ),
    "How many steps a shot's looks are learned": "Wie viele Schritte die Looks einer Einstellung gelernt werden",
    "Measure how much the strip's takes flicker and how true they are to their look, and write a report. "
    "What was measured before is kept": (
        "Messen, wie sehr die Takes des Streifens flimmern und wie treu sie ihrem Look sind, und "
        "einen Bericht schreiben. "
        "Früher Gemessenes bleibt"
    ),
    "The take to measure. Left out, it is all that are whole": (
        "Der Take, der gemessen wird. Ohne Angabe alle vollständigen"
    ),
    "Open what was measured of the strip's takes in the web browser: figures, plots, and the worst frames": (
        "Was an den Takes des Streifens gemessen wurde, im Webbrowser öffnen: Zahlen, Kurven und "
        "die schlechtesten Bilder"
    ),
    "Lay a comparison in above the strip: the source, plain takes at two strengths, and the tuned one, as quarters of "
    "one picture. What is missing is painted; the strip and its takes stay as they are": (
        "Über dem Streifen einen Vergleich einlegen: die Quelle, schlichte Takes in zwei Stärken "
        "und den abgestimmten als "
        "Viertel eines Bildes. Was fehlt, wird gemalt; der Streifen und seine Takes bleiben, wie sie sind"
    ),
    "Of the tuned take and of the plain one beside it. Left out, it is the strip's": (
        "Die des abgestimmten Takes und des schlichten daneben. Ohne Angabe die des Streifens"
    ),
    "Of the other plain take, which leaves its source farther behind": (
        "Die des anderen schlichten Takes, der sich weiter von seiner Quelle entfernt"
    ),
    "Export the edit over the scene's range: as an H.264 movie with its sound, or as a GIF where the name ends in "
    "“.gif”": (
        "Den Schnitt über den Bereich der Szene exportieren: als H.264-Film mit Ton, oder als GIF, wo der Name auf "
        "„.gif“ endet"
    ),
    "The file to write, .mp4 or .gif. One of that name is replaced": (
        "Die Datei, die geschrieben wird, .mp4 oder .gif. Eine gleichen Namens wird ersetzt"
    ),
    "What the file browser shows": "Was der Dateibrowser zeigt",
    "Mark a name that is taken already": "Einen schon vergebenen Namen kennzeichnen",
    "In pixels; the height follows. At 0 it is as large as the edit": (
        "In Pixeln; die Höhe folgt. Bei 0 ist es so groß wie der Schnitt"
    ),
    # The list of takes
    "The name of the take, as its folder in the study has it": (
        "Der Name des Takes, wie ihn sein Ordner in der Studie trägt"
    ),
    "Show this take: lay it in above its strip, or show it again where it was hidden": (
        "Diesen Take zeigen: über seinem Streifen einlegen oder, wo er verborgen war, wieder zeigen"
    ),
    "Put this take into the place of the one that is shown. Its channel, blending, opacity and modifiers stay": (
        "Diesen Take an die Stelle des gezeigten setzen. Kanal, Mischung, Deckkraft und Modifikatoren bleiben"
    ),
    "Show only this, to compare: its strip's other takes are hidden, and the original too where this covers it": (
        "Zum Vergleichen nur dies zeigen: Die anderen Takes des Streifens werden verborgen, und das Original auch, "
        "wo es verdeckt ist"
    ),
    "Delete this take for good: its strip, and its pictures on the disk": (
        "Diesen Take endgültig löschen: seinen Streifen und seine Bilder auf der Platte"
    ),
    "Select the strip that the active take or comparison was made from: its tab lists all of its takes": (
        "Den Streifen auswählen, aus dem der aktive Take oder Vergleich entstand: Sein Reiter führt alle Takes auf"
    ),
    # Presets and the example
    "Set everything that this preset decides": "Alles einstellen, was diese Voreinstellung bestimmt",
    "Which one": "Welche",
    "Set everything that this preset of your own decides": (
        "Alles einstellen, was diese eigene Voreinstellung bestimmt"
    ),
    "The file of the preset": "Die Datei der Voreinstellung",
    "Keep this strip's settings as a preset of your own, for every file; not its prompts, its model and its seeds": (
        "Die Einstellungen dieses Streifens als eigene Voreinstellung für jede Datei behalten; "
        "nicht seine Prompts, sein Modell und seine Startwerte"
    ),
    "Remove the preset of this name instead": "Stattdessen die Voreinstellung dieses Namens entfernen",
    "Remove the preset that was used last": "Die zuletzt benutzte Voreinstellung entfernen",
    "Paint with the small model that ships, which is fast without a graphics card and needs no download. It knows "
    "little of the world: it is made for the example and for trying out": (
        "Mit dem kleinen mitgelieferten Modell malen, das ohne Grafikkarte schnell ist und keinen Download braucht. "
        "Es weiß wenig von der Welt: Es ist für das Beispiel und zum Ausprobieren gemacht"
    ),
    "Make a new scene with a short drive through a city, ready for Restyle, to try it without a video at hand": (
        "Eine neue Szene mit einer kurzen Fahrt durch eine Stadt anlegen, fertig zum Umgestalten, "
        "zum Probieren ohne eigenes Video"
    ),
    "Where the example's movie and sound are put. Without it, into the data folder": (
        "Wohin Film und Ton des Beispiels kommen. Ohne Angabe in den Datenordner"
    ),
    # Jobs, the backend and the disk
    "Cancel a job, or take it out of the queue. What it has finished stays, and the next run goes on from there": (
        "Einen Auftrag abbrechen oder aus der Warteschlange nehmen. Was fertig ist, bleibt, "
        "und der nächste Lauf macht dort weiter"
    ),
    "The number of the job to cancel. Without it, the running one is meant": (
        "Die Nummer des Auftrags, der abgebrochen wird. Ohne sie ist der laufende gemeint"
    ),
    "Pause the running job and free the graphics card. What it has finished stays, and the queue waits until you "
    "resume it": (
        "Den laufenden Auftrag anhalten und die Grafikkarte freigeben. Was fertig ist, bleibt, "
        "und die Warteschlange wartet, bis er fortgesetzt wird"
    ),
    "Go on with the paused job where it stopped, and with the queue behind it": (
        "Mit dem angehaltenen Auftrag weitermachen, wo er stand, und mit der Warteschlange dahinter"
    ),
    "Take the notice away": "Den Hinweis wegnehmen",
    "The number of the job whose failure is taken away. Without it, it is the line in the status bar": (
        "Die Nummer des Auftrags, dessen Fehler weggenommen wird. Ohne sie ist es die Zeile in der Statusleiste"
    ),
    "Copy what went wrong, the versions and the end of the log to the clipboard, for a report. Secrets and the name "
    "of your home folder are left out": (
        "Was schiefging, die Versionen und das Ende des Protokolls für einen Bericht in die Zwischenablage kopieren. "
        "Geheimnisse und der Name des eigenen Ordners bleiben weg"
    ),
    "Download what the backend runs on into the data folder: 0.4 GB, or 3 GB and more with an NVIDIA card, or on "
    "Linux an AMD one. What an earlier attempt has finished is kept": (
        "In den Datenordner herunterladen, womit das Backend läuft: 0,4 GB, mit einer Karte von NVIDIA, oder in Linux "
        "von AMD, 3 GB und mehr. Was ein früherer Versuch geschafft hat, bleibt"
    ),
    "Which build of torch to install": "Welche Ausgabe von torch installiert wird",
    "The build that suits this computer's card and driver": "Die, die zu Karte und Treiber dieses Rechners passt",
    "Take the CPU build": "Die Ausgabe für die CPU nehmen",
    "Take the CUDA 12.6 build": "Die Ausgabe für CUDA 12.6 nehmen",
    "Take the CUDA 13.0 build": "Die Ausgabe für CUDA 13.0 nehmen",
    "Take the ROCm 7.2 build": "Die Ausgabe für ROCm 7.2 nehmen",
    "Take the build for Apple's GPU": "Die Ausgabe für Apples GPU nehmen",
    "Remove what was installed for the backend, of every version, and free its disk space. Studies and models stay": (
        "Entfernen, was für das Backend installiert wurde, in jeder Version, und den Platz freigeben. "
        "Studien und Modelle bleiben"
    ),
    (
        "Keep the backend that this version uses, and remove what other versions have installed. "
        "Another Blender on this computer may use it"
    ): (
        "Das Backend behalten, das diese Version benutzt, und entfernen, was andere Versionen installiert haben. "
        "Ein anderer Blender auf diesem Rechner braucht es vielleicht"
    ),
    "Start the backend, or connect to the one that waits. Every stage does this by itself when it needs to": (
        "Das Backend starten oder sich mit dem wartenden verbinden. Jede Stufe tut das bei Bedarf von selbst"
    ),
    "Stop the backend and free what it holds on the card. A backend that was only connected to goes on": (
        "Das Backend anhalten und freigeben, was es auf der Karte belegt. Eines, mit dem nur verbunden wurde, "
        "läuft weiter"
    ),
    "Ask the Hugging Face hub how large the model is to download. Nothing is downloaded before the next click": (
        "Den Hub von Hugging Face fragen, wie viel für das Modell herunterzuladen ist. "
        "Heruntergeladen wird erst mit dem nächsten Klick"
    ),
    "Download the model into the models folder, or what is missing of it. A download that was cancelled goes on": (
        "Das Modell in den Modellordner herunterladen, oder was davon fehlt. Ein abgebrochener Download geht weiter"
    ),
    "Its id on the hub. Left out, it is that of the active strip": (
        "Seine Kennung im Hub. Ohne Angabe die des aktiven Streifens"
    ),
    "List what of this file's studies may go from the disk, and how much that frees. Nothing goes before OK": (
        "Auflisten, was von den Studien dieser Datei von der Platte weg kann und wie viel das freigibt. "
        "Vor OK wird nichts gelöscht"
    ),
    "Delete studies whose strip is gone from this file": "Studien löschen, deren Streifen aus dieser Datei weg ist",
    "Delete takes that no strip shows": "Takes löschen, die kein Streifen zeigt",
    "Delete looks that were not chosen": "Looks löschen, die nicht gewählt wurden",
    "Delete what a finished tuning could go on from": ("Löschen, wovon aus eine fertige Abstimmung weitergehen könnte"),
    "The lines of the dialog. A script names kinds instead": (
        "Die Zeilen des Dialogs. Ein Skript nennt stattdessen Arten"
    ),
    "Delete this for good": "Dies endgültig löschen",
    "Which kind of thing it is": "Welcher Art es ist",
    "What it is, in words": "Was es ist, in Worten",
    "How much of the disk it frees": "Wie viel Platz es freigibt",
}
