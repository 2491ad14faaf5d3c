using System.Reflection;
using QatPipeline.Foundation;

namespace QatPipeline.Cli.Tests;

public sealed class InputErrorsTests
{
    /// <summary>Control flow within one boundary, which nobody outside sees.</summary>
    private static readonly string[] Internal = ["DeliveryInterruptedException", "PickleFormatException", "RankChannelException"];

    [Fact]
    public void Exceptions_OfThisProject_AreErrorsOfTheInput()
    {
        var own = Directory.GetFiles(AppContext.BaseDirectory, "QatPipeline.*.dll")
            .Append(typeof(QatCommandLine).Assembly.Location)
            .Select(Assembly.LoadFrom)
            .SelectMany(assembly => assembly.GetTypes())
            .Where(type => type.IsAssignableTo(typeof(Exception)) && !type.IsAbstract && !Internal.Contains(type.Name))
            .ToList();

        Assert.True(own.Count >= 10, string.Join(", ", own.Select(type => type.Name)));
        Assert.All(own, type => Assert.True(
            type.IsAssignableTo(typeof(InputException)) || type.IsAssignableTo(typeof(IOException)), $"{type} is not explained to the user"));
    }
}
