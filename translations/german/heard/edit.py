"""What is refused or went wrong in the edit: strips, scenes, takes that lie in it, and the jobs of this Blender."""

EDIT = {
    "A job cannot wait for another one.": "Ein Auftrag kann nicht auf einen anderen warten.",
    "A job is paused, and the queue waits with it.": "Ein Auftrag ist angehalten, und die Warteschlange mit ihm.",
    "Add a strip first.": "Zuerst einen Streifen hinzufügen.",
    "All takes are smoothed already.": "Alle Takes sind schon geglättet.",
    "An export is already at work.": "Ein Export läuft schon.",
    "Cancel it instead.": "Stattdessen abbrechen.",
    "Change the scene's resolution by a pixel.": "Die Auflösung der Szene um ein Pixel ändern.",
    "Check the scene's name.": "Den Namen der Szene prüfen.",
    "Choose a {} in the strip's settings.": "In den Einstellungen des Streifens etwas wählen: {}.",
    "Choose another name.": "Einen anderen Namen wählen.",
    "Choose another place for the movie.": "Einen anderen Ort für den Film wählen.",
    "Choose from {} to {}.": "Von {} bis {} wählen.",
    "Choose looks for it, or name a strip in “Tuning From”.": (
        "Looks dafür wählen oder in „Abstimmung von“ einen Streifen nennen."
    ),
    "Choose one of those in its list.": "Einen aus der Liste wählen.",
    "Choose one to five: they are spread over the strip.": (
        "Einen bis fünf wählen: Sie werden über den Streifen ausgebreitet."
    ),
    "Choose the folder whose name ends in {}.": "Den Ordner wählen, dessen Name auf {} endet.",
    "Choose the square crop.": "Den quadratischen Ausschnitt wählen.",
    "Choose {}.": "Wählen: {}.",
    "Click the strip that you want to restyle.": "Den Streifen anklicken, der umgestaltet werden soll.",
    "Delete it there, or delete only its strip.": "Ihn dort löschen oder nur seinen Streifen löschen.",
    "Delete that strip first.": "Zuerst jenen Streifen löschen.",
    "Empty “Tuning From” to give it its own.": "„Abstimmung von“ leeren, um ihm eine eigene zu geben.",
    "Give it some length, or select another strip.": "Ihm eine Länge geben oder einen anderen Streifen wählen.",
    "Is Blender still where it was when it was started?": "Ist Blender noch dort, wo es gestartet wurde?",
    "It shows from {} to {}: choose a part of that.": "Er zeigt {} bis {}: einen Teil davon wählen.",
    "It was renamed or deleted.": "Sie wurde umbenannt oder gelöscht.",
    "It was trimmed meanwhile: compare again.": "Er wurde inzwischen gekürzt: noch einmal vergleichen.",
    "It was trimmed or renumbered meanwhile: render the take again.": (
        "Er wurde inzwischen gekürzt oder neu gezählt: den Take noch einmal rendern."
    ),
    "Look at its crop and position, and whether its file can be read.": (
        "Zuschnitt und Lage ansehen, und ob sich seine Datei lesen lässt."
    ),
    "Look whether the disk is full.": "Nachsehen, ob die Platte voll ist.",
    "Make room there, or choose another place.": "Dort Platz schaffen oder einen anderen Ort wählen.",
    "Make room there, or point TMPDIR to another folder.": (
        "Dort Platz schaffen oder TMPDIR auf einen anderen Ordner richten."
    ),
    "Move it to a lower channel, or clear one above it.": (
        "Ihn auf einen tieferen Kanal legen oder einen darüber frei machen."
    ),
    "Move the strip behind frame 0.": "Den Streifen hinter Bild 0 schieben.",
    "Name a strip of this file that was tuned, or the id of its study.": (
        "Einen abgestimmten Streifen dieser Datei nennen oder die Kennung seiner Studie."
    ),
    "Name one, or render another.": "Einen nennen oder einen anderen rendern.",
    "Name the movie's file.": "Die Datei des Films nennen.",
    "No look is chosen.": "Kein Look ist gewählt.",
    "No strip is selected.": "Kein Streifen ist ausgewählt.",
    "No take of “{}” is shown.": "Kein Take von „{}“ wird gezeigt.",
    "Nothing of “{}” lies between the frames {} and {}.": "Nichts von „{}“ liegt zwischen den Bildern {} und {}.",
    "Only {} of {} frames could be kept in “{}”.": "Nur {} von {} Bildern fanden Platz in „{}“.",
    "Open it again.": "Es noch einmal öffnen.",
    "Press Measure.": "Messen drücken.",
    "Press Relink and choose its folder, or press Begin Anew.": (
        "„Neu verknüpfen“ drücken und den Ordner wählen, oder „Neu beginnen“ drücken."
    ),
    "Press Render Take with the same settings to go on with it.": (
        "Mit denselben Einstellungen „Take rendern“ drücken, um fortzufahren."
    ),
    "Put it back, or choose another file.": "Sie zurücklegen oder eine andere Datei wählen.",
    "Rename one of them, or write the id of its study.": ("Einen umbenennen oder die Kennung seiner Studie schreiben."),
    "Render it again.": "Ihn noch einmal rendern.",
    "Render one.": "Einen rendern.",
    "Rendering was stopped at frame {}.": "Das Rendern hielt bei Bild {} an.",
    "Restyle it, or select that strip.": "Ihn umgestalten oder jenen Streifen wählen.",
    "Resume or cancel that one first.": "Zuerst jenen fortsetzen oder abbrechen.",
    "Run them in turn.": "Sie nacheinander laufen lassen.",
    "Sample the strip's frames first.": "Zuerst die Bilder des Streifens lesen.",
    "Say which one is meant by naming its scene too.": "Auch die Szene nennen, um zu sagen, welcher gemeint ist.",
    "Scene “{}” is linked from “{}”: open that file to restyle its strips.": (
        "Die Szene „{}“ ist aus „{}“ verknüpft: jene Datei öffnen, um ihre Streifen umzugestalten."
    ),
    "“{}” is no preset of Steady Diffusion.": "„{}“ ist keine Voreinstellung von Steady Diffusion.",
    "The preset “{}” says “{}” for “{}”, which there is not.": (
        "Die Voreinstellung „{}“ sagt „{}“ für „{}“. Das gibt es nicht."
    ),
    "Select a strip that shows something.": "Einen Streifen wählen, der etwas zeigt.",
    "Select “{}” instead.": "Stattdessen „{}“ wählen.",
    "Show that one, or delete it first.": "Jenen zeigen oder zuerst löschen.",
    "Show this one instead.": "Stattdessen diesen zeigen.",
    "The colour configuration of this Blender has no “Standard” view for an sRGB display.": (
        "Die Farbeinstellung dieses Blender hat keine Ansicht „Standard“ für einen sRGB-Bildschirm."
    ),
    "The console has the details: please report them.": "Die Konsole hat die Einzelheiten: bitte melden.",
    "The example was taken back before it was there.": "Das Beispiel wurde zurückgenommen, bevor es da war.",
    "The file “{}” of strip “{}” is missing.": "Die Datei „{}“ des Streifens „{}“ fehlt.",
    "The frames cannot be kept in “{}” while they are read: {}.": (
        "Die Bilder können beim Lesen nicht in „{}“ liegen: {}."
    ),
    "The frames of the take “{}” do not lie in one folder.": "Die Bilder des Takes „{}“ liegen nicht in einem Ordner.",
    "The scene “{}” is no longer there.": "Die Szene „{}“ ist nicht mehr da.",
    "The scenes {} each have a strip “{}”.": "Die Szenen {} haben je einen Streifen „{}“.",
    "The scenes {} each have a strip “{}” to take the tuning from.": (
        "Die Szenen {} haben je einen Streifen „{}“, von dem die Abstimmung kommen könnte."
    ),
    "The second Blender, which {said}, {said2}.": "Das zweite Blender, das {said}, {said2}.",
    "A second Blender, which {said}, cannot be started: {}.": (
        "Ein zweites Blender, das {said}, lässt sich nicht starten: {}."
    ),
    "reads the strip": "den Streifen liest",
    "renders the edit": "den Schnitt rendert",
    "closed the connection": "schloss die Verbindung",
    "was ended by {}": "wurde durch {} beendet",
    "ended with code {}": "endete mit der Nummer {}",
    "The strip could not be read out.": "Der Streifen ließ sich nicht lesen.",
    "Look into Blender's console.": "In Blenders Konsole sehen.",
    "The strip shows only a sliver of {} × {} pixels, too narrow to work on.": (
        "Der Streifen zeigt nur {} × {} Pixel: zu schmal, um damit zu arbeiten."
    ),
    "The strip “{}” is no longer in scene “{}”.": "Der Streifen „{}“ ist nicht mehr in der Szene „{}“.",
    "The study of “{}” is not where it was.": "Die Studie von „{}“ ist nicht, wo sie war.",
    "The take is kept in its study.": "Der Take bleibt in seiner Studie.",
    "The take is finished, and kept in “{}”.": "Der Take ist fertig und liegt in „{}“.",
    "The takes are finished, and kept in “{}”.": "Die Takes sind fertig und liegen in „{}“.",
    "The take “{}” belongs to “{}”, which “{}” was copied from.": (
        "Der Take „{}“ gehört zu „{}“, von dem „{}“ kopiert wurde."
    ),
    "The take “{}” has a strip of its own already.": "Der Take „{}“ hat schon einen eigenen Streifen.",
    "The take “{}” has no frames.": "Der Take „{}“ hat keine Bilder.",
    "The take “{}” lacks its frame “{}”.": "Dem Take „{}“ fehlt sein Bild „{}“.",
    "The take “{}” was broken off.": "Der Take „{}“ wurde abgebrochen.",
    "There is no free channel above “{}”.": "Über „{}“ ist kein Kanal frei.",
    "There is no prompt yet.": "Es gibt noch keinen Prompt.",
    "There is no report yet.": "Es gibt noch keinen Bericht.",
    "There is no scene “{}” in this file.": "In dieser Datei gibt es keine Szene „{}“.",
    "There is no room left in “{}”, where frames are kept while they are read.": (
        "In „{}“, wo die Bilder beim Lesen liegen, ist kein Platz mehr."
    ),
    "There is no study of a strip “{}” to take the tuning from.": (
        "Es gibt keine Studie eines Streifens „{}“, von der die Abstimmung kommen könnte."
    ),
    "There is nothing in the edit.": "Im Schnitt ist nichts.",
    "There is nothing to see in the edit.": "Im Schnitt ist nichts zu sehen.",
    "This Blender was built without FFmpeg, so it can write no movies.": (
        "Dieses Blender hat kein FFmpeg und kann keine Filme schreiben."
    ),
    "This Blender was built without sound, so the movie has none.": (
        "Dieses Blender hat keinen Ton, also hat auch der Film keinen."
    ),
    "This file": "Diese Datei",
    "The scene “{}”": "Die Szene „{}“",
    "{said} has no strip “{}”.": "{said} hat keinen Streifen „{}“.",
    "Press Make Looks.": "„Looks malen“ drücken.",
    "To begin anew, move the folder of its study away first.": (
        "Um neu zu beginnen, erst den Ordner der Studie wegräumen."
    ),
    "Undo, and press the button again.": "Rückgängig machen und noch einmal drücken.",
    "What was read is kept: undo, and press the button again to go on.": (
        "Was gelesen wurde, bleibt: rückgängig machen und noch einmal drücken, um fortzufahren."
    ),
    "There is nothing that may go.": "Es gibt nichts, was weg darf.",
    "What is there is used, or not this file's.": "Was da ist, wird gebraucht oder gehört nicht zu dieser Datei.",
    "Nothing was chosen to be deleted.": "Nichts wurde zum Löschen gewählt.",
    "Tick what may go.": "Anhaken, was weg darf.",
    "There is no file to write the movie to.": "Es gibt keine Datei für den Film.",
    "Give it as `filepath`.": "Sie als `filepath` angeben.",
    "Save it again with the + beside the presets.": "Sie mit dem + neben den Voreinstellungen neu sichern.",
    "Blender could not write to “{}”: {}": "Blender konnte nicht nach „{}“ schreiben: {}",
    "Blender could not render frame {}: {}": "Blender konnte Bild {} nicht rendern: {}",
    "The scene could not be written to “{}” for reading: {}": (
        "Die Szene ließ sich zum Lesen nicht nach „{}“ schreiben: {}"
    ),
    "Unmute a strip that shows something.": "Einen Streifen einblenden, der etwas zeigt.",
    "Wait for it, or cancel it first.": "Darauf warten oder es zuerst abbrechen.",
    "Wait for it, or stop it, and press the button again.": ("Darauf warten oder es beenden und noch einmal drücken."),
    "Wait, or stop it: what is finished stays.": "Warten oder es beenden: Was fertig ist, bleibt.",
    "What is finished stays.": "Was fertig ist, bleibt.",
    "What was there before is still there.": "Was vorher da war, ist noch da.",
    "Write a {} instead.": "Stattdessen {} schreiben.",
    "Write the name as the sequencer shows it.": "Den Namen schreiben, wie der Sequencer ihn zeigt.",
    "Write what the strip is to look like.": "Schreiben, wie der Streifen aussehen soll.",
    "Write {}.": "{} schreiben.",
    "Writing to “{}” was stopped.": "Das Schreiben nach „{}“ wurde abgebrochen.",
    "{said} cannot be paused now.": "{said} lässt sich gerade nicht anhalten.",
    "{said} was cancelled.": "{said} wurde abgebrochen.",
    "{said} failed: {}": "{said} ist fehlgeschlagen: {}",
    "“{said}” is already at work on “{}”.": "„{said}“ arbeitet schon an „{}“.",
    "“{said}” of “{}” waits already, with the same settings.": (
        "„{said}“ für „{}“ wartet schon, mit denselben Einstellungen."
    ),
    "“{said}” is at work on “{}”.": "„{said}“ arbeitet gerade an „{}“.",
    "“{}” is about to use what its original has.": "„{}“ übernimmt gerade, was sein Original hat.",
    "“{}” begins before frame 0 and cannot be moved there for reading.": (
        "„{}“ beginnt vor Bild 0 und lässt sich zum Lesen nicht dorthin schieben."
    ),
    "“{}” cannot be {}×{}: H.264 knows only even sides.": "„{}“ kann nicht {}×{} sein: H.264 kennt nur gerade Seiten.",
    "“{}” ends in “{}”.": "„{}“ endet auf „{}“.",
    "“{}” has no frames.": "„{}“ hat keine Bilder.",
    "“{}” has no looks of its own yet.": "„{}“ hat noch keine eigenen Looks.",
    "“{}” has no study that is lost or damaged.": "„{}“ hat keine verlorene oder beschädigte Studie.",
    "“{}” has no take “{}”.": "„{}“ hat keinen Take „{}“.",
    "“{}” has no takes and looks of its own: it was copied from “{}”.": (
        "„{}“ hat keine eigenen Takes und Looks: Er wurde von „{}“ kopiert."
    ),
    "“{}” has no whole take “{}”.": "„{}“ hat keinen ganzen Take „{}“.",
    "“{}” has no {} to show.": "„{}“ hat nichts zu zeigen: {}.",
    "“{}” is a folder.": "„{}“ ist ein Ordner.",
    "“{}” is a sound strip and has no picture.": "„{}“ ist ein Tonstreifen und hat kein Bild.",
    "“{}” is a take of “{}”.": "„{}“ ist ein Take von „{}“.",
    "“{}” is made from the comparison “{}”.": "„{}“ entsteht aus dem Vergleich „{}“.",
    "“{}” is made from the take “{}”.": "„{}“ entsteht aus dem Take „{}“.",
    "“{}” is made from “{}”, which the export would replace.": (
        "„{}“ entsteht aus „{}“, das der Export ersetzen würde."
    ),
    "“{}” is the study of “{}”, and not of “{}”.": "„{}“ ist die Studie von „{}“ und nicht von „{}“.",
    "“{}” shows none of the frames of the take “{}”.": "„{}“ zeigt keines der Bilder des Takes „{}“.",
    "“{}” shows none of the frames that were compared.": "„{}“ zeigt keines der verglichenen Bilder.",
    "“{}” shows nothing from frame {} to {}.": "„{}“ zeigt nichts von Bild {} bis {}.",
    "“{}” shows HDR or wide-gamut pictures ({}): {said}": "„{}“ zeigt HDR- oder Wide-Gamut-Bilder ({}): {said}",
    "what is brighter than white or outside sRGB is clipped in the frames.": (
        "Was heller als Weiß oder außerhalb von sRGB ist, wird in den Bildern beschnitten."
    ),
    "“{}” uses the tuning of “{}”.": "„{}“ nutzt die Abstimmung von „{}“.",
    "“{}” was changed while it was read: press the button again.": (
        "„{}“ wurde beim Lesen geändert: noch einmal drücken."
    ),
    "“{}” was deleted, or belongs to another study now.": (
        "„{}“ wurde gelöscht oder gehört jetzt zu einer anderen Studie."
    ),
    "“{}” was not copied from a strip with looks or tuning.": (
        "„{}“ wurde nicht von einem Streifen mit Looks oder Abstimmung kopiert."
    ),
    "Blender could not write frame {} to “{}”.": "Blender konnte Bild {} nicht nach „{}“ schreiben.",
    "Blender could not write “{}”.": "Blender konnte „{}“ nicht schreiben.",
    "Start Blender without the OCIO variable.": "Blender ohne die Variable OCIO starten.",
}
