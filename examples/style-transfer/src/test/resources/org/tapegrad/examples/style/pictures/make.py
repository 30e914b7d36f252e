"""Makes the pictures of this folder with Pillow 12.3: 64x48, four flat quarters of known colours."""
import sys
from PIL import Image, ImageCms, ImageDraw
out = sys.argv[1] + "/"
Q = [(200, 60, 30), (40, 160, 90), (20, 50, 180), (230, 220, 120)]
def quarters(mode, colours):
    im = Image.new(mode, (64, 48)); d = ImageDraw.Draw(im)
    for i, c in enumerate(colours):
        x, y = 32 * (i % 2), 24 * (i // 2)
        d.rectangle([x, y, x + 31, y + 23], fill=c)
    return im
rgb = quarters("RGB", Q)
grey = quarters("L", [30, 100, 160, 250])
rgba = quarters("RGBA", [(*Q[0], 255), (*Q[1], 0), (*Q[2], 128), (*Q[3], 255)])
la = quarters("LA", [(30, 255), (100, 0), (160, 128), (250, 255)])
grey16 = quarters("I;16", [30 * 257, 100 * 257, 160 * 257, 250 * 257])
bits = quarters("1", [0, 1, 1, 0])
cmyk = quarters("CMYK", [(255 - r, 255 - g, 255 - b, 0) for r, g, b in Q])
palette = rgb.quantize(4)
for ext in ("png", "bmp", "gif"): palette.save(out + "palette." + ext)
for n, im in dict(rgb=rgb, grey=grey, rgba=rgba, greyalpha=la, grey16=grey16, bits=bits).items(): im.save(out + n + ".png")
palette.save(out + "palette-transparent.png", transparency=palette.getpixel((40, 10)))
rgb.save(out + "rgb-transparent.png", transparency=Q[1])
for n, im in dict(rgb=rgb, grey=grey, rgba=rgba, bits=bits).items(): im.save(out + n + ".bmp")
rgb.save(out + "rgb.jpg", quality=95, subsampling=0)
rgb.save(out + "rgb420.jpg", quality=95, subsampling=2)
rgb.save(out + "progressive.jpg", quality=95, progressive=True)
rgb.save(out + "channels.jpg", quality=95, keep_rgb=True, subsampling=0)
grey.save(out + "grey.jpg", quality=95)
cmyk.save(out + "cmyk.jpg", quality=95)
for c in ("raw", "tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg"): rgb.save(out + "rgb-" + c.split("_")[-1] + ".tif", compression=c)
for n, im in dict(grey=grey, rgba=rgba, greyalpha=la, grey16=grey16, palette=palette, cmyk=cmyk, bits=bits).items(): im.save(out + n + ".tif")
bits.save(out + "bits-fax.tif", compression="group4")
rgb.save(out + "lossless.webp", lossless=True)
rgb.save(out + "lossy.webp", quality=95)
rgba.save(out + "alpha.webp", lossless=True, exact=True)
