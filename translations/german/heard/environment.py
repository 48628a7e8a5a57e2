"""The environment that the backend runs in: what the installer chose, what it does, and why it could not."""

ENVIRONMENT = {
    # While it works
    "Asking what is needed": "Fragen, was gebraucht wird",
    "Downloading {}": "{} herunterladen",
    "Downloading {}: {} of {} MB": "{} herunterladen: {} von {} MB",
    "Finishing": "Fertigmachen",
    "Importing what was installed": "Das Installierte einlesen",
    "Looking at the disk": "Die Platte ansehen",
    "Looking at this computer": "Diesen Rechner ansehen",
    "Looking at what is there": "Ansehen, was da ist",
    "Looking for {}": "{} suchen",
    "Making an environment": "Eine Umgebung anlegen",
    "Unpacking: {} of {} packages": "Auspacken: {} von {} Paketen",
    # What it came to
    "The backend is installed: {}.": "Das Backend ist installiert: {}.",
    "What other versions installed takes {}: remove_backend(others=True) frees it.": (
        "Was andere Versionen installiert haben, belegt {}: remove_backend(others=True) gibt es frei."
    ),
    "Another Blender may use it.": "Ein anderer Blender braucht es vielleicht.",
    "{said} is removed: {} are free again.": "{said} ist weg: {} sind wieder frei.",
    "The backend": "Das Backend",
    "What other versions installed": "Was andere Versionen installiert haben,",
    # Which build of torch
    "You chose {said}.": "Gewählt wurde {said}.",
    "the CPU build": "die Fassung für den Prozessor",
    "the CUDA {} build": "die Fassung für CUDA {}",
    "the ROCm {} build": "die Fassung für ROCm {}",
    "the build for Apple's GPU": "die Fassung für Apples GPU",
    "A local wheel folder offers torch {}.": "Ein Ordner mit Wheels bietet torch {}.",
    "This is a Mac with an Apple processor.": "Dies ist ein Mac mit Apple-Prozessor.",
    "No GPU was found that torch can use.": "Keine GPU gefunden, die torch nutzen kann.",
    "No NVIDIA GPU was found, and torch can use no other on Windows.": (
        "Keine GPU von NVIDIA gefunden, und in Windows kann torch keine andere nutzen."
    ),
    "NVIDIA driver {}.": "NVIDIA-Treiber {}.",
    "NVIDIA driver {}, compute capability {}.": "NVIDIA-Treiber {}, Compute Capability {}.",
    "AMD GPU {}.": "AMD-GPU {}.",
    "AMD GPU {}, but you may not use it: run “{}”, log in again, and install again.": (
        "AMD-GPU {}, nur ohne Erlaubnis, sie zu nutzen: „{}“ ausführen, neu anmelden und neu installieren."
    ),
    "Without a GPU it is many times slower.": "Ohne GPU ist es um ein Vielfaches langsamer.",
    "torch {} has no CUDA build for Windows on ARM ({}).": "torch {} gibt es nicht mit CUDA für Windows auf ARM ({}).",
    "torch {} has no ROCm build for {} ({}).": "torch {} gibt es nicht mit ROCm für {} ({}).",
    "torch {} does not know this NVIDIA card ({}).": "torch {} kennt diese NVIDIA-Karte nicht ({}).",
    "The ROCm build of torch {} does not know {}.": "Die ROCm-Fassung von torch {} kennt {} nicht.",
    "{said}: update the driver, and install again.": "{said}: den Treiber aktualisieren und neu installieren.",
    "torch {} needs an NVIDIA driver of {} or newer for this card ({})": (
        "torch {} braucht für diese Karte einen NVIDIA-Treiber ab {} ({})"
    ),
    # What torch refuses
    "There is no build of torch called “{}”.": "Es gibt keine Fassung von torch namens „{}“.",
    "Choose one of {}.": "Eine davon wählen: {}.",
    "torch {} does not exist for Macs with an Intel processor.": "torch {} gibt es nicht für Macs mit Intel-Prozessor.",
    "Connect to a backend on Linux or Windows, or use a Mac with an Apple processor.": (
        "Mit einem Backend auf Linux oder Windows verbinden oder einen Mac mit Apple-Prozessor nehmen."
    ),
    "torch {} does not exist for {} on {}.": "torch {} gibt es nicht für {} auf {}.",
    "A 64-bit processor by Intel, AMD, Apple or ARM is needed.": (
        "Es braucht einen 64-Bit-Prozessor von Intel, AMD, Apple oder ARM."
    ),
    "The backend needs {said}, and this is Python {}.": "Das Backend braucht {said}; dies ist Python {}.",
    "Python {} to {}": "Python {} bis {}",
    "Make an environment with {said} yourself, and name it as “Backend Python” in the preferences.": (
        "Selbst eine Umgebung mit {said} anlegen und sie in den Einstellungen als „Python des Backends“ nennen."
    ),
    # What was not installed, or not by us
    "The backend is not installed.": "Das Backend ist nicht installiert.",
    "The backend's installation was broken off.": "Die Installation des Backends wurde abgebrochen.",
    "The Python that the backend was made with is gone: the Blender it belonged to was removed.": (
        "Das Python, mit dem das Backend angelegt wurde, ist weg: Der Blender, zu dem es gehörte, wurde entfernt."
    ),
    "The backend was installed for another version of Steady Diffusion.": (
        "Das Backend wurde für eine andere Version von Steady Diffusion installiert."
    ),
    "Press “Install Backend”: what is already there is kept.": "„Backend installieren“ drücken: Was da ist, bleibt.",
    "Press “Install Backend” in the preferences of Steady Diffusion, or name a Python that has its packages.": (
        "In den Einstellungen von Steady Diffusion „Backend installieren“ drücken oder ein Python nennen, das seine "
        "Pakete hat."
    ),
    "“{}” was not made by Steady Diffusion.": "„{}“ stammt nicht von Steady Diffusion.",
    "“{}” was not made by Steady Diffusion, and is left alone.": (
        "„{}“ stammt nicht von Steady Diffusion und bleibt unberührt."
    ),
    "Choose another data folder in the preferences.": "In den Einstellungen einen anderen Datenordner wählen.",
    "Choose another data folder in the preferences, or move that one away.": (
        "In den Einstellungen einen anderen Datenordner wählen oder jenen wegräumen."
    ),
    "The backend is being installed or removed by another program.": (
        "Ein anderes Programm installiert oder entfernt das Backend gerade."
    ),
    "Wait until it is done there.": "Warten, bis es dort fertig ist.",
    "The backend needs about {} while it is installed, and {} are free.": (
        "Das Backend braucht beim Installieren etwa {}, und {} sind frei."
    ),
    "Make room, or choose a data folder on another disk in the preferences.": (
        "Platz schaffen oder in den Einstellungen einen Datenordner auf einer anderen Platte wählen."
    ),
    "“{}” is too long a path for Windows: in it torch's files would have more than 260 letters.": (
        "Der Pfad „{}“ ist zu lang für Windows: Die Dateien von torch darin hätten mehr als 260 Zeichen."
    ),
    "Choose a data folder with a short path in the preferences, such as “{}”.": (
        "In den Einstellungen einen Datenordner mit kurzem Pfad wählen, etwa „{}“."
    ),
    # What pip and venv could not
    "{said} ended with code {}.": "{said} endete mit der Nummer {}.",
    "{said} ended with code {}: {}": "{said} endete mit der Nummer {}: {}",
    "{said} was ended by {}.": "{said} wurde durch {} beendet.",
    "{said} was ended by {}: {}": "{said} wurde durch {} beendet: {}",
    "The download": "Das Herunterladen",
    "The import check": "Das Einlesen zur Probe",
    "The log is “{}”.": "Das Protokoll ist „{}“.",
    "Install again to go on where it stopped.": "Neu installieren: Es geht weiter, wo es aufhörte.",
    "Install again to start from a clean folder.": "Neu installieren, um in einem leeren Ordner zu beginnen.",
    "The backend was installed, and does not work: {}.": "Das Backend wurde installiert und geht nicht: {}.",
    "The backend was installed, and does not work: Windows lacks a library that it needs.": (
        "Das Backend wurde installiert und geht nicht: Windows fehlt eine Bibliothek, die es braucht."
    ),
    "Install Microsoft's Visual C++ Redistributable ({}), then install the backend again.": (
        "Microsofts Visual C++ Redistributable installieren ({}), dann das Backend noch einmal."
    ),
    "The disk is full: the backend could not be installed.": (
        "Die Platte ist voll: Das Backend wurde nicht installiert."
    ),
    "Make room, or choose another data folder in the preferences, and install again: what is downloaded is kept.": (
        "Platz schaffen oder in den Einstellungen einen anderen Datenordner wählen und neu installieren: Was "
        "heruntergeladen ist, bleibt."
    ),
    "The path of the backend's folder is too long for Windows.": (
        "Der Pfad zum Ordner des Backends ist zu lang für Windows."
    ),
    "This Python cannot make environments: its venv module is missing.": (
        "Dieses Python kann keine Umgebungen anlegen: Ihm fehlt das Modul venv."
    ),
    "On Debian and Ubuntu: sudo apt install {}.": "In Debian und Ubuntu: sudo apt install {}.",
    "Then install again.": "Dann neu installieren.",
    "The package server could not be trusted: its certificate does not fit.": (
        "Dem Paketserver war nicht zu trauen: Sein Zertifikat passt nicht."
    ),
    "Behind a company's proxy start Blender with SSL_CERT_FILE set to its certificate file.": (
        "Hinter dem Proxy einer Firma vor Blenders Start SSL_CERT_FILE auf dessen Zertifikatsdatei setzen."
    ),
    "The secure connection to the package server broke.": "Die sichere Verbindung zum Paketserver riss ab.",
    "Look at the network, or at a proxy in between, and install again: what is downloaded is kept.": (
        "Das Netz oder einen Proxy dazwischen prüfen und neu installieren: Was heruntergeladen ist, bleibt."
    ),
    "The package server could not be reached.": "Der Paketserver war nicht zu erreichen.",
    "The package server could not be reached, or the connection broke.": (
        "Der Paketserver war nicht zu erreichen, oder die Verbindung riss ab."
    ),
    "Look at the network and install again.": "Das Netz prüfen und neu installieren.",
    "Look at the network and install again: what is downloaded is kept.": (
        "Das Netz prüfen und neu installieren: Was heruntergeladen ist, bleibt."
    ),
    "It said “{}”.": "Er sagte „{}“.",
    "The package server sent a spoilt file.": "Der Paketserver schickte eine verdorbene Datei.",
    "Install again; where it happens again, a proxy or a mirror may be at fault.": (
        "Neu installieren; geschieht es wieder, ist vielleicht ein Proxy oder ein Spiegel schuld."
    ),
    "The package server has no {} for this Python and system.": (
        "Der Paketserver hat kein {} für dieses Python und System."
    ),
    "The package server has no sound {}.": "Der Paketserver hat kein heiles {}.",
    "Name a Python of 3.11 to 3.14 as “Backend Python” in the preferences, or update the extension.": (
        "In den Einstellungen ein Python 3.11 bis 3.14 als „Python des Backends“ nennen oder die Erweiterung "
        "aktualisieren."
    ),
    "The backend's folder cannot be written.": "Der Ordner des Backends ist schreibgeschützt.",
    "Allow writing there, or choose another data folder in the preferences.": (
        "Dort das Schreiben erlauben oder in den Einstellungen einen anderen Datenordner wählen."
    ),
}
