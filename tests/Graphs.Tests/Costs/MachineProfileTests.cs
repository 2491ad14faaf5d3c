using System.Text;
using QatPipeline.Foundation;
using QatPipeline.Graphs.Costs;
using QatPipeline.Graphs.Model;

namespace QatPipeline.Graphs.Tests.Costs;

public sealed class MachineProfileTests
{
    [Fact]
    public void Read_WhatWriteGave_IsTheSameProfile()
    {
        var profile = MachineProfiles.Avx2 with { Probes = [new ProfileProbe("conv3x3 64@40", "int8", 120.5, 118)] };

        var read = MachineProfile.Read(profile.Write(), "a file");

        Assert.Equal(profile.Rates, read.Rates);
        Assert.Equal(profile.Probes, read.Probes);
        Assert.Equal(profile.Digest, read.Digest);
        Assert.Equal(profile.Write(), read.Write());
    }

    [Fact]
    public void Digest_IsThatOfWhatDecides()
    {
        var profile = MachineProfiles.Avx2;
        var slower = profile.Rates.ToDictionary();
        slower[CostClass.Quantize] = slower[CostClass.Quantize] with { Start = 1 };

        Assert.Equal(profile.Digest, (profile with { Name = "other", Processor = "other", Probes = [new("a", "b", 1, 1)] }).Digest);
        Assert.NotEqual(profile.Digest, (profile with { WeightBits = 8 }).Digest);
        Assert.NotEqual(profile.Digest, (profile with { Rates = slower }).Digest);
    }

    [Theory]
    [InlineData("\"quantize\"", "\"quantise\"", "quantise")]
    [InlineData("\"weightBits\": 7", "\"weightBits\": 6", "weights of 6 bits")]
    [InlineData("\"format\": 1", "\"format\": 9", "format 9")]
    [InlineData("\"start\": 12000", "\"start\": -1", "Quantize")]
    [InlineData("{", "", "is not a machine's profile")]
    public void Read_UnsoundProfile_SaysWhatAndHowToMakeOne(string old, string replacement, string expected)
    {
        var text = Encoding.UTF8.GetString(MachineProfiles.Avx2.Write());
        var at = text.IndexOf(old, StringComparison.Ordinal);
        var changed = text[..at] + replacement + text[(at + old.Length)..];

        var error = Assert.Throws<GraphException>(() => MachineProfile.Read(Encoding.UTF8.GetBytes(changed), "edge.json"));

        Assert.Contains("edge.json", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains("qat profile", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ProfileWithoutAKind_NamesIt()
    {
        var rates = MachineProfiles.Avx2.Rates.Where(rate => rate.Key != CostClass.IntegerResize).ToDictionary();
        var content = (MachineProfiles.Avx2 with { Rates = rates }).Write();

        var error = Assert.Throws<GraphException>(() => MachineProfile.Read(content, "edge.json"));

        Assert.Contains("IntegerResize", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Shipped_Profiles_AreNamedAndHaveTheBitsTheirKernelsAreExactWith()
    {
        Assert.Equal([("avx2", 7), ("avx512-vnni", 8)], MachineProfiles.Shipped.Select(profile => (profile.Name, profile.WeightBits)));
        Assert.Equal(ProcessorFeatures.HasDotProducts ? 8 : 7, MachineProfiles.OfThisProcessor.WeightBits);
    }

    [Fact]
    public void NanosecondsOf_IsTheSumOfItsParts() => Assert.Equal(
        1 + (2 * 10) + (3 * 100) + (4 * 1000) + (5 * 10000),
        new KernelRate(1, 2, 3, 4, 5).NanosecondsOf(new KernelWork(10, 100, 1000, 10000)));
}
