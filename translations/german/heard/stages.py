"""What the stages of the backend refuse or warn of: frames, looks, tuning and takes."""

STAGES = {
    # Smoothing
    "Nothing flickers once the colours are even: the network was not needed.": (
        "Sobald die Farben ausgeglichen sind, flimmert nichts: Das Netz war nicht nötig."
    ),
    "In {} of {} shots nothing flickers once the colours are even: the network was not needed there.": (
        "In {} von {} Einstellungen flimmert nichts, sobald die Farben ausgeglichen sind: Da war das Netz nicht nötig."
    ),
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
    "Choose another name, or delete that take first.": "Einen anderen Namen wählen oder zuerst jenen Take löschen.",
    "The study already has a take “{}”.": "Die Studie hat schon einen Take „{}“.",
    "There are no frames from {} to {}.": "Es gibt keine Bilder von {} bis {}.",
    "Sample the strip with a smaller short side, or close what else uses the device's memory.": (
        "Den Streifen mit kleinerer kurzer Seite lesen oder schließen, was sonst den Speicher des Geräts nutzt."
    ),
    "The device's memory does not hold a single frame of this size.": (
        "Der Speicher des Geräts fasst kein einziges Bild dieser Größe."
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
    "The look “{}” is {}, and its frame {}.": "Der Look „{}“ ist {}, und sein Bild {}.",
    # Looks that are spread
    "A look is not carried across a cut, and none is of {said}.": (
        "Über einen Schnitt wird kein Look getragen, und es gibt keinen für {said}."
    ),
    "Choose a look of a frame in each of them.": "Für jede davon einen Look eines ihrer Bilder wählen.",
    "frames {} to {}": "Bild {} bis {}",
    "Frames {} to {}": "Bild {} bis {}",
    "Frame {}": "Bild {}",
    "and others": "und weitere",
    "{said} have {} looks, and at most {} are spread over a shot.": (
        "{said}: {} Looks, und über eine Einstellung werden höchstens {} ausgebreitet."
    ),
    "Choose fewer of them.": "Weniger davon wählen.",
    "Frame {} has two looks, {} and {}.": "Das Bild {} hat zwei Looks, {} und {}.",
    "Choose one of them: a take shows one.": "Einen davon wählen: Ein Take zeigt einen.",
    "The look “{}” is of frame {}, which the strip does not show.": (
        "Der Look „{}“ gehört zum Bild {}, das der Streifen nicht zeigt."
    ),
    "Choose a look of a frame that it shows.": "Einen Look eines Bildes wählen, das er zeigt.",
    # Tuning
    "If it was tuned, tune again with a lower learning rate; otherwise choose full precision.": (
        "War es abgestimmt, mit kleinerer Lernrate neu abstimmen; sonst volle Genauigkeit wählen."
    ),
    "What the model makes of these frames is no number.": "Was das Modell aus diesen Bildern macht, ist keine Zahl.",
    "Choose full precision.": "Volle Genauigkeit wählen.",
    "Its weights are damaged: choose another model.": "Seine Gewichte sind beschädigt: ein anderes Modell wählen.",
    "It starts at timestep {} and was tuned only up to {}: lower the strength to {} or below, or tune again for {}.": (
        "Es beginnt beim Zeitschritt {} und wurde nur bis {} abgestimmt: die Stärke auf {} oder weniger senken oder "
        "für {} neu abstimmen."
    ),
    "Its {} explicit steps start at timestep {} and were tuned from {}: {said}": (
        "Seine {} genannten Schritte beginnen beim Zeitschritt {} und wurden ab {} abgestimmt: {said}"
    ),
    "It starts at timestep {}, and the look was taught from {}: raise the strength to {} if the look is weak.": (
        "Es beginnt beim Zeitschritt {}, und der Look wurde ab {} gelehrt: die Stärke auf {} anheben, wenn der Look "
        "schwach ist."
    ),
    "It was tuned for {said} and rendered in {said2}: {said3}": (
        "Abgestimmt wurde für {said}, gerendert in {said2}: {said3}"
    ),
    "{} explicit steps": "{} genannte Schritte",
    "all steps of the sampler": "alle Schritte des Samplers",
    "It was tuned for the sampler {} and rendered with {}: {said}": (
        "Abgestimmt wurde für den Sampler {}, gerendert mit {}: {said}"
    ),
    "It was tuned for guidance {} and rendered at {}: {said}": (
        "Abgestimmt wurde für die Führung {}, gerendert mit {}: {said}"
    ),
    "It was tuned for {} of the noise and rendered with {}: {said}": (
        "Abgestimmt wurde für {} des Rauschens, gerendert mit {}: {said}"
    ),
    "“{}” is none of the prompts of the looks that it was tuned with: {said}": (
        "„{}“ ist keiner der Prompts der Looks, mit denen abgestimmt wurde: {said}"
    ),
    "tune again for this rendering if the look is weak.": (
        "für dieses Rendern neu abstimmen, wenn der Look schwach ist."
    ),
    "Lower the learning rate of {}.": "Die Lernrate von {} senken.",
    "Sample the strip with a smaller short side, or lower the batch.": (
        "Den Streifen mit kleinerer kurzer Seite lesen oder den Stapel verkleinern."
    ),
    "The device has too little memory to tune.": "Das Gerät hat zu wenig Speicher, um abzustimmen.",
    "The device has too little memory to make the small decoder.": (
        "Das Gerät hat zu wenig Speicher für den kleinen Decoder."
    ),
    "Render without it, or sample the strip with a smaller short side.": (
        "Ohne ihn rendern oder den Streifen mit kleinerer kurzer Seite lesen."
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
    "Tune a LoRA instead of the whole UNet, or sample the strip with a smaller short side.": (
        "Eine LoRA statt des ganzen UNet abstimmen oder den Streifen mit kleinerer kurzer Seite lesen."
    ),
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
    "Render with the model that it was tuned on, or tune this one.": (
        "Mit dem Modell rendern, das abgestimmt wurde, oder dieses abstimmen."
    ),
    "The tuning in “{}” is of “{}”, and the weights of “{}” are others.": (
        "Die Abstimmung in „{}“ gehört zu „{}“, und die Gewichte von „{}“ sind andere."
    ),
    "Tune the strip again.": "Den Streifen neu abstimmen.",
    "“{}” does not fit the model: {said}.": "„{}“ passt nicht zum Modell: {said}.",
    "it and the model do not both have “{}”": "nicht beide haben „{}“",
    "it does not say that it was tuned on the model of its tuned.json": (
        "es sagt nicht, dass es auf dem Modell seiner tuned.json abgestimmt wurde"
    ),
    "its “{}” has another shape than the model's": "sein „{}“ hat eine andere Form als das des Modells",
    "the model has no place for its “{}”": "das Modell hat keinen Platz für sein „{}“",
    "“{}” is missing.": "„{}“ fehlt.",
    "The small decoder loses {} dB on unseen frames, at {} dB to the VAE's.": (
        "Der kleine Decoder verliert auf neuen Bildern {} dB und liegt {} dB vom VAE."
    ),
    "The device's memory is short: layers are computed twice instead of kept, slower and to the same result.": (
        "Der Speicher des Geräts ist knapp: Schichten werden zweimal berechnet statt behalten, langsamer und mit "
        "demselben Ergebnis."
    ),
    "The device's memory holds no preview beside the tuning.": (
        "Neben dem Abstimmen fasst der Speicher des Geräts keine Vorschau."
    ),
    "Another of the processes that share this job has ended.": (
        "Ein anderer Prozess, der an diesem Auftrag arbeitet, ist zu Ende."
    ),
    "What it said before tells why; what is finished stays: run it again to go on.": (
        "Warum, sagte er zuvor; was fertig ist, bleibt: noch einmal starten, um fortzufahren."
    ),
    "What is finished stays: run it again to go on.": "Was fertig ist, bleibt: noch einmal starten, um fortzufahren.",
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
    "No look can be painted so: {said}": "So lässt sich kein Look malen: {said}",
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
}
