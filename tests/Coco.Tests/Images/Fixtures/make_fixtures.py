"""Writes one picture in the formats people have, with an independent library (Pillow 9.4): 4 x 4 blocks of 10 x 6 pixels.

The block in column i and row j has red 60i, green 70j and blue 255 - 30i - 20j. Run in this folder: python3 make_fixtures.py
"""
import struct
import zlib

import numpy as np
from PIL import Image

HEIGHT, WIDTH = 24, 40
y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
rgb = np.stack([60 * (x // 10), 70 * (y // 6), 255 - 30 * (x // 10) - 20 * (y // 6)], -1).astype(np.uint8)
alpha = (x * 6).astype(np.uint8)
picture = Image.fromarray(rgb)
indexed = picture.quantize(16)
jpeg = {"quality": 95, "subsampling": 0}


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(path, width, height, bits, colour, pixels):
    header = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    chunks = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")
    open(path, "wb").write(b"\x89PNG\r\n\x1a\n" + chunks)


picture.save("baseline.jpg", **jpeg)
picture.save("progressive.jpg", progressive=True, **jpeg)
picture.convert("CMYK").save("cmyk.jpg", **jpeg)
picture.convert("L").save("grey.jpg", **jpeg)
picture.convert("L").save("grey.png")
picture.save("colour.png")
indexed.save("palette.png")
indexed.save("palette-transparent.png", transparency=3)
Image.fromarray(np.dstack([rgb, alpha])).save("alpha.png")
Image.fromarray(np.dstack([rgb, alpha])).save("alpha.webp", lossless=True, exact=True)
picture.save("lossless.webp", lossless=True)
picture.save("lossy.webp", quality=95)
picture.save("colour.bmp")
indexed.save("palette.bmp")
indexed.save("palette.gif")
picture.save("colour.tif")

wide = rgb.astype(">u2") * 256 + 0x80
png("sixteen-bit.png", WIDTH, HEIGHT, 16, 2, b"".join(b"\0" + row.astype(">u2").tobytes() for row in wide))
png("giant.png", 100_000, 100_000, 8, 2, bytes(100))

turned = Image.Exif()
turned[274] = 6
picture.save("turned.png", exif=turned)
picture.save("turned.webp", lossless=True, exif=turned)
