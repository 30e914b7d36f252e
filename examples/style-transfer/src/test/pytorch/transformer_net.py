"""Writes what PyTorch's network of the example fast_neural_style makes of a picture.

Weights and picture are made by a formula that FastNeuralStyleTest computes too, so that only some
pixels of the result need to be stored. Run with PyTorch:

    python3 transformer_net.py > ../resources/org/tapegrad/examples/style/transformer_net.txt
"""
import torch
from torch import nn

HEIGHT, WIDTH = 28, 36


class ConvLayer(nn.Module):
    def __init__(self, inputs, outputs, kernel, stride=1, upsample=None):
        super().__init__()
        self.upsample = upsample
        self.reflection_pad = nn.ReflectionPad2d(kernel // 2)
        self.conv2d = nn.Conv2d(inputs, outputs, kernel, stride)

    def forward(self, x):
        if self.upsample:
            x = nn.functional.interpolate(x, mode="nearest", scale_factor=self.upsample)
        return self.conv2d(self.reflection_pad(x))


class ResidualBlock(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv1 = ConvLayer(channels, channels, 3)
        self.in1 = nn.InstanceNorm2d(channels, affine=True)
        self.conv2 = ConvLayer(channels, channels, 3)
        self.in2 = nn.InstanceNorm2d(channels, affine=True)

    def forward(self, x):
        return x + self.in2(self.conv2(torch.relu(self.in1(self.conv1(x)))))


class TransformerNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.in1 = ConvLayer(3, 32, 9), nn.InstanceNorm2d(32, affine=True)
        self.conv2, self.in2 = ConvLayer(32, 64, 3, 2), nn.InstanceNorm2d(64, affine=True)
        self.conv3, self.in3 = ConvLayer(64, 128, 3, 2), nn.InstanceNorm2d(128, affine=True)
        for i in range(1, 6):
            setattr(self, f"res{i}", ResidualBlock(128))
        self.deconv1 = ConvLayer(128, 64, 3, upsample=2)
        self.in4 = nn.InstanceNorm2d(64, affine=True)
        self.deconv2 = ConvLayer(64, 32, 3, upsample=2)
        self.in5 = nn.InstanceNorm2d(32, affine=True)
        self.deconv3 = ConvLayer(32, 3, 9)

    def forward(self, x):
        for i in range(1, 4):
            x = torch.relu(getattr(self, f"in{i}")(getattr(self, f"conv{i}")(x)))
        for i in range(1, 6):
            x = getattr(self, f"res{i}")(x)
        x = torch.relu(self.in4(self.deconv1(x)))
        x = torch.relu(self.in5(self.deconv2(x)))
        return self.deconv3(x)


def number(i):
    """A number in [-0.5, 0.5) that looks random, the same in every language."""
    x = i * 2654435761 % 2**32
    x ^= x >> 15
    x = x * 2246822519 % 2**32
    x ^= x >> 13
    return x / 2**32 - 0.5


def values(name, shape):
    """By the sum of the name's characters: another stretch of numbers for almost every name."""
    count = torch.Size(shape).numel()
    first = 1_000_003 * sum(map(ord, name))
    x = torch.tensor([number(first + i) for i in range(count)], dtype=torch.float64)
    if ".in" in "." + name and name.endswith("weight"):
        x = x + 1
    elif name.endswith("weight"):
        x = x * (3 / (count / shape[0]) ** 0.5)
    if name.startswith("deconv3"):
        x = x * 30 if name.endswith("weight") else x * 30 + 127
    return x.reshape(shape).float()


net = TransformerNet().eval()
net.load_state_dict({name: values(name, value.shape) for name, value in net.state_dict().items()})
picture = (values("picture", (1, 3, HEIGHT, WIDTH)) + 0.5) * 255
with torch.no_grad():
    result = net(picture).clamp(0, 255)[0] / 255
print(f"# PyTorch {torch.__version__}, a picture of {WIDTH}x{HEIGHT}: channel row column value")
for c in range(3):
    for y in range(0, HEIGHT, 3):
        for x in range(0, WIDTH, 5):
            print(c, y, x, f"{result[c, y, x].item():.7f}")
