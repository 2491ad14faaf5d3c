using Microsoft.Extensions.Configuration;
using QatPipeline.Contracts.Specification;
using QatPipeline.Runs.Specification;

namespace QatPipeline.Runs.Tests.Specification;

public sealed class TrainingHostsTests
{
    private static RunSpecification Specification { get; } = new()
    {
        Name = "shared",
        Model = new ModelSpecification { Onnx = "/m.onnx" },
        Data = new DataSpecification { Calibration = [], Validation = [] },
    };

    [Theory]
    [InlineData(null, "a")]
    [InlineData("", "a")]
    [InlineData("a,b", "c")]
    [InlineData("a.example", "a")]
    [InlineData("a", "a.example")]
    public void Require_HostThatIsNotNamed_IsRefusedByNameAndSetting(string? setting, string host)
    {
        var hosts = From(setting);

        var error = Assert.Throws<SpecificationException>(() => hosts.Require(On("a:1", "b:1", $"{host}:1"), "the event"));

        Assert.StartsWith("the event: qat.hosts names '", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("Training__Hosts", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Require_HostOfTheFloatTraining_IsRefusedAlike() =>
        Assert.StartsWith(
            "the event: train.hosts names 'b', where runs of this system may not start processes",
            Assert.Throws<SpecificationException>(
                () => From("a").Require(On("a:1") with { Train = new TrainSpecification { Hosts = ["a:1", "b:1"] } }, "the event")).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Require_HostsThatAreNamed_LetsThemIn()
    {
        From(" node1, 10.0.0.2,").Require(On("10.0.0.2:2", "NODE1:8"), "the event");
        From(null).Require(On(), "the event");
        From(null).Require(Specification with { Qat = null }, "the event");
        TrainingHosts.Unlimited.Require(On("anywhere:1"), "the command");
    }

    [Fact]
    public void From_WhatIsNoName_IsRefused() =>
        Assert.Equal(
            "Training__Hosts names 'node1:8', but takes names or addresses of hosts, with commas between them.",
            Assert.Throws<SpecificationException>(() => From("node1:8")).Message);

    private static TrainingHosts From(string? setting) =>
        TrainingHosts.From(new ConfigurationBuilder().AddInMemoryCollection([new("Training:Hosts", setting)]).Build());

    private static RunSpecification On(params string[] hosts) => Specification with { Qat = new QatSpecification { Hosts = hosts } };
}
