namespace Chronos.Mesos.Offers;

/// <summary>Which of several suitable agents an attempt gets.</summary>
public enum PlacementPolicy
{
    /// <summary>The fullest one, so that whole agents stay free for large attempts.</summary>
    BinPack,

    /// <summary>Each in turn, so that the loss of an agent takes few attempts with it.</summary>
    Spread,

    /// <summary>The one whose offer came first.</summary>
    Fifo,
}
