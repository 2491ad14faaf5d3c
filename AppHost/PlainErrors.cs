namespace QatPipeline.AppHost;

/// <summary>What keeps the system from starting, such as a missing program, is said in one line instead of a stack trace.</summary>
internal static class PlainErrors
{
    public static void Say(object? sender, UnhandledExceptionEventArgs raised)
    {
        if (raised.ExceptionObject is DistributedApplicationException problem)
        {
            Console.Error.WriteLine(problem.Message);
            Environment.Exit(1);
        }
    }
}
