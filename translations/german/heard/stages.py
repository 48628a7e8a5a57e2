"""What the stages of the backend refuse or warn of: frames, looks, tuning, takes, and what was measured of them."""

STAGES = {
    # Smoothing
    "With 0 steps the take would stay as it is.": "Mit 0 Schritten bliebe der Take, wie er ist.",
    "Give it steps, or one style and a drift of colours to take out.": (
        "Ihm Schritte geben, oder einen einzigen Stil und eine Drift der Farben, die herauszunehmen ist."
    ),
    # Frames
    "Choose a longer part.": "Einen längeren Teil wählen.",
    "Make it at least one frame long.": "Ihn mindestens ein Bild lang machen.",
    "Press the button again.": "Noch einmal drücken.",
    "Relink the strip to its own study.": "Den Streifen mit seiner eigenen Studie neu verknüpfen.",
    "Sample the strip's frames again.": "Die Bilder des Streifens noch einmal lesen.",
    "Sample the strip's frames again, or choose a look of a frame that the strip still shows.": (
        "Die Bilder des Streifens noch einmal lesen oder einen Look eines Bildes wählen, das er noch zeigt."
    ),
    "Sample the strip's frames again: what is there is kept.": (
        "Die Bilder des Streifens noch einmal lesen: Was da ist, bleibt."
    ),
    "The folder “{}” is not there any more.": "Der Ordner „{}“ ist nicht mehr da.",
    "The strip has no frames.": "Der Streifen hat keine Bilder.",
    "The strip's frames were read anew since.": "Die Bilder des Streifens wurden seither neu gelesen.",
    "The strip's reference frames are not chosen yet.": "Die Referenzbilder des Streifens sind noch nicht gewählt.",
    "No reference frames are chosen yet.": "Es sind noch keine Referenzbilder gewählt.",
    "The study does not hold frame {}.": "Die Studie hat das Bild {} nicht.",
    "The study holds no frames yet.": "Die Studie hat noch keine Bilder.",
    "The study lacks its reference frame {}.": "Der Studie fehlt ihr Referenzbild {}.",
    "The study lacks {} of {} frames, the first is frame {}.": (
        "Der Studie fehlen {} von {} Bildern, als erstes das Bild {}."
    ),
    "“{}” is the study of another strip.": "„{}“ ist die Studie eines anderen Streifens.",
    "{} like nothing in the reference set: raise the count.": (
        "{} wie nichts unter den Referenzbildern: die Anzahl erhöhen."
    ),
    # Looks
    "A look needs a prompt.": "Ein Look braucht einen Prompt.",
    "Bring it again with a prompt: the look is called by it.": (
        "Ihn mit einem Prompt neu mitbringen: Der Look heißt danach."
    ),
    "Bring it at {}×{}, or at any size of that shape.": "Es mit {}×{} bringen oder in anderer Größe gleicher Form.",
    "Choose among those that were made or brought.": "Einen der gemalten oder mitgebrachten wählen.",
    "Choose another look, or bring this one again as an image file.": (
        "Einen anderen Look wählen oder diesen als Bilddatei neu mitbringen."
    ),
    "Choose one of its frames, from {} to {}.": "Eines seiner Bilder wählen, von {} bis {}.",
    "Even the best of these has moved what the frame shows: {said}.": (
        "Auch der beste hat verschoben, was das Bild zeigt: {said}."
    ),
    "Lay it over a background, and save it without transparency.": (
        "Es über einen Hintergrund legen und ohne Transparenz sichern."
    ),
    "Make or bring it again for the frames as they are.": "Ihn für die jetzigen Bilder neu malen oder mitbringen.",
    "Paint looks of a frame, or bring an image file, and choose at least one.": (
        "Looks eines Bildes malen oder eine Bilddatei mitbringen und mindestens einen wählen."
    ),
    "Choose a PNG, JPEG, WebP or TIFF file.": "Eine Datei in PNG, JPEG, WebP oder TIFF wählen.",
    "Save it as a PNG, JPEG, WebP or TIFF file.": "Es als PNG, JPEG, WebP oder TIFF sichern.",
    "Say in a few words what the look shows, such as “an oil painting of a red car”.": (
        "Mit wenigen Worten sagen, was der Look zeigt, etwa „an oil painting of a red car“."
    ),
    "Say in a few words what the strip is to look like.": "Mit wenigen Worten sagen, wie der Streifen aussehen soll.",
    "Shorten the prompt.": "Den Prompt kürzen.",
    "The look {} is left out: frame {} is another one by now.": (
        "Der Look {} bleibt weg: Das Bild {} ist inzwischen ein anderes."
    ),
    "The look {} is {}×{}, and the frames are {}×{} by now.": (
        "Der Look {} ist {}×{}, und die Bilder sind inzwischen {}×{}."
    ),
    "The look {} was painted when frame {} showed something else: see whether it still fits.": (
        "Der Look {} wurde gemalt, als das Bild {} etwas anderes zeigte: nachsehen, ob er noch passt."
    ),
    "The look “{}” has no prompt.": "Der Look „{}“ hat keinen Prompt.",
    "The look “{}” is of frame {}, which the study does not hold.": (
        "Der Look „{}“ gehört zum Bild {}, das die Studie nicht hat."
    ),
    "The prompt has {} tokens and the model reads {}: it would not see “{}”.": (
        "Der Prompt hat {} Token, und das Modell liest {}: Es sähe „{}“ nicht."
    ),
    "The prompt is empty.": "Der Prompt ist leer.",
    "There is no image “{}”.": "Es gibt kein Bild „{}“.",
    "There is no look “{}”.": "Es gibt keinen Look „{}“.",
    "What “{}” shows lies elsewhere than in the frame: tuning would learn to move it.": (
        "Was „{}“ zeigt, liegt anderswo als im Bild: Das Abstimmen lernte, es zu verschieben."
    ),
    "“{}” is not an image that can be read.": "„{}“ ist kein lesbares Bild.",
    "“{}” is transparent in places, and a look covers its whole frame.": (
        "„{}“ ist stellenweise durchsichtig, und ein Look bedeckt sein ganzes Bild."
    ),
    "“{}” is {}×{}, and a look is shaped like its frame.": "„{}“ ist {}×{}, und ein Look ist geformt wie sein Bild.",
    # Tuning
    "If it was tuned, tune again with a lower learning rate; otherwise choose full precision.": (
        "War es abgestimmt, mit kleinerer Lernrate neu abstimmen; sonst volle Genauigkeit wählen."
    ),
    "It starts at timestep {} and was tuned only up to {}: lower the strength to {} or below, or tune again for {}.": (
        "Es beginnt beim Zeitschritt {} und wurde nur bis {} abgestimmt: die Stärke auf {} oder weniger senken oder "
        "für {} neu abstimmen."
    ),
    "Lower the learning rate of {}.": "Die Lernrate von {} senken.",
    "Sample the strip with a smaller short side, or lower the batch.": (
        "Den Streifen mit kleinerer kurzer Seite lesen oder den Stapel verkleinern."
    ),
    "The device has too little memory to tune with {} pictures at once.": (
        "Das Gerät hat zu wenig Speicher, um mit {} Bildern auf einmal abzustimmen."
    ),
    "The small decoder loses {} dB on frames that it has not seen, more than the {} that nobody sees: render without "
    "it where it shows.": (
        "Der kleine Decoder verliert {} dB auf Bildern, die er nicht gesehen hat, mehr als die {}, die niemand sieht: "
        "ohne ihn rendern, wo man es sieht."
    ),
    "The tuning in “{}” has no small decoder.": "Die Abstimmung in „{}“ hat keinen kleinen Decoder.",
    "Tune again with the small decoder, or render without it.": (
        "Mit dem kleinen Decoder neu abstimmen oder ohne ihn rendern."
    ),
    "Tune the strip again with the small decoder.": "Den Streifen mit dem kleinen Decoder neu abstimmen.",
    "Tune a LoRA instead of the whole UNet, sample the strip with a smaller short side, or lower the batch.": (
        "Eine LoRA statt des ganzen UNet abstimmen, den Streifen mit kleinerer kurzer Seite lesen oder den Stapel "
        "verkleinern."
    ),
    "Tune that strip first, or render plainly.": "Zuerst jenen Streifen abstimmen oder einfach rendern.",
    "Tuning went astray at step {}: {said}.": "Das Abstimmen verlief sich beim Schritt {}: {said}.",
    "What it had learned by step {} is kept: lower the learning rate of {}.": (
        "Was es bis zum Schritt {} gelernt hat, bleibt: die Lernrate von {} senken."
    ),
    "the loss rose to {}": "der Verlust stieg auf {}",
    "the loss is no longer a number": "der Verlust ist keine Zahl mehr",
    "What the model paints is no picture any more.": "Was das Modell malt, ist kein Bild mehr.",
    "“{}” does not fit the model's VAE.": "„{}“ passt nicht zum VAE des Modells.",
    "“{}” holds no tuning.": "„{}“ hat keine Abstimmung.",
    "“{}” is not the decoder of its note.": "„{}“ ist nicht der Decoder seiner Notiz.",
    # Takes
    "Choose one between 0 and 1, such as 0.45: 0 would change nothing, and 1 would ignore the frame.": (
        "Eine zwischen 0 und 1 wählen, etwa 0.45: 0 änderte nichts, und 1 sähe das Bild nicht an."
    ),
    "Delete that file, and render the take again.": "Jene Datei löschen und den Take neu rendern.",
    "Frame {} of the take “{}” cannot be read.": "Das Bild {} des Takes „{}“ ist nicht lesbar.",
    "Frame {} of the take “{}” is {}×{}, and the strip's frames are {}×{}.": (
        "Das Bild {} des Takes „{}“ ist {}×{}, und die Bilder des Streifens sind {}×{}."
    ),
    "Give one, or choose a look, which has one.": "Einen nennen oder einen Look wählen, der einen hat.",
    "Propagating went astray at step {}: the loss is no longer a number.": (
        "Das Ausbreiten verlief sich beim Schritt {}: Der Verlust ist keine Zahl mehr."
    ),
    "Raise the strength or the steps.": "Die Stärke oder die Schritte erhöhen.",
    "Render again.": "Noch einmal rendern.",
    "Render it again: the frames that are there are kept.": "Ihn neu rendern: Die Bilder, die da sind, bleiben.",
    "Render it again: what is there is kept.": "Ihn neu rendern: Was da ist, bleibt.",
    "Render one, or choose another.": "Einen rendern oder einen anderen wählen.",
    "Smooth with a smaller width, or work at a smaller size.": "Mit kleinerer Breite glätten oder kleiner arbeiten.",
    "Smoothing went astray at step {}: the loss is no longer a number.": (
        "Das Glätten verlief sich beim Schritt {}: Der Verlust ist keine Zahl mehr."
    ),
    "A strength of {} is less than one of {} steps.": "Eine Stärke von {} ist weniger als einer von {} Schritten.",
    "The device has too little memory to smooth with a width of {}.": (
        "Das Gerät hat zu wenig Speicher, um mit der Breite {} zu glätten."
    ),
    "The guidance is {}.": "Die Führung ist {}.",
    "The number of steps is {}.": "Die Zahl der Schritte ist {}.",
    "The strength is {}.": "Die Stärke ist {}.",
    "The study has no take “{}”.": "Die Studie hat keinen Take „{}“.",
    "The take “{}” lacks {} of {} frames, the first is frame {}.": (
        "Dem Take „{}“ fehlen {} von {} Bildern, als erstes das Bild {}."
    ),
    "The take “{}” shows another part of the canvas than the strip's frames do now.": (
        "Der Take „{}“ zeigt einen anderen Teil der Leinwand als die Bilder des Streifens jetzt."
    ),
    "Render it again: that makes another take.": "Neu rendern: Es wird ein weiterer Take.",
    "The tuning was replaced meanwhile.": "Die Abstimmung wurde inzwischen ersetzt.",
    "There is no prompt to render by.": "Es gibt keinen Prompt zum Rendern.",
    "There is no take “{}”.": "Es gibt keinen Take „{}“.",
    "There is no take to smooth yet.": "Es gibt noch keinen Take zum Glätten.",
    "There is no take to measure yet.": "Es gibt noch keinen Take zum Messen.",
    # Measures
    "A single frame has nothing to be steady against.": "Ein einzelnes Bild hat nichts zum Vergleichen.",
    "No frame can be compared with the one before: what moves is lost between them, or every frame is a shot.": (
        "Kein Bild lässt sich mit dem davor vergleichen: Was sich bewegt, geht dazwischen verloren, oder jedes Bild "
        "ist eine Einstellung."
    ),
    "There is no take to judge yet: these are the strip's own figures, the floor that a take is measured against.": (
        "Noch ist kein Take zu beurteilen: Dies sind die Zahlen des Streifens selbst, an denen ein Take gemessen wird."
    ),
    "“{}” is left out: {said}": "„{}“ bleibt weg: {said}",
    "“{}” is not there any more, or not whole.": "„{}“ ist nicht mehr da oder nicht ganz.",
    "“{}” was not measured yet.": "„{}“ wurde noch nicht gemessen.",
    "“{said}” is {said2}.": "„{said}“ ist {said2}.",
    "as near to the truth": "der Wahrheit gleich nah",
    "as steady as {said}": "so ruhig wie {said}",
    "but {said}": "aber {said}",
    "farther from the look by {}": "dem Look {} ferner",
    "farther from the look than the strip is by {}": "dem Look {} ferner als der Streifen",
    "less steady than {said} ({} levels of warp error after {})": (
        "unruhiger als {said} ({} Stufen Warp-Fehler statt {})"
    ),
    "look fidelity kept": "dem Look gleich nah",
    "nearer to the look by {}": "dem Look {} näher",
    "nearer to the look than the strip is by {}": "dem Look {} näher als der Streifen",
    "no nearer to the look than the strip is": "dem Look nicht näher als der Streifen",
    "plain": "der schlichte",
    "steadier than {said} by {}": "{} ruhiger als {said}",
    "the strip itself": "der Streifen selbst",
    "the truth": "die Wahrheit",
    "what it shows lies elsewhere than in the strip": "was er zeigt, liegt anderswo als im Streifen",
    "{} dB farther from the truth": "der Wahrheit {} dB ferner",
    "{} dB nearer to the truth": "der Wahrheit {} dB näher",
}
