import media as make
import numpy as np
def test_a(scene, media, room):
    strips, extract, api = room("sequencer.strips"), room("sequencer.extract"), room("backend.api")
    fr = make.random_frames(4,64,48)
    strip = make.add_images(scene.sequence_editor, media.images(4), start=10)
    out = list(extract.extract(strips.Address.of(scene, strip), [1,2,3,4], None, 48, api.Crop.BOX))
    assert out[0].size == (64,48)
    for n,(a,b) in enumerate(zip(fr,out[1:])):
        assert b.rgb == a.tobytes(), n
